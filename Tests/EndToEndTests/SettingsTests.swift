import Testing

@testable import Launcher

@Suite("Settings", .timeLimit(.minutes(1)))
struct SettingsTests {
    @Test(
        "A bad setting ends with 64 and one line that names it, its value and what is allowed",
        arguments: [
            (["PORT": "0"], [], "PORT is '0'; allowed is 1 to 65535"),
            (["PORT": "70000"], [], "PORT is '70000'; allowed is 1 to 65535"),
            (["PORT": "80; evil"], [], "PORT is '80; evil'; allowed is 1 to 65535"),
            (["PORT": "80"], ["--port", "x"], "--port is 'x'; allowed is 1 to 65535"),
            (["INSTACRAWLER_HASHTAGS": "go lang"], [], "INSTACRAWLER_HASHTAGS is 'go lang'; allowed is hashtags"),
            (
                ["INSTACRAWLER_SOURCE": "myspace"], [],
                "INSTACRAWLER_SOURCE is 'myspace'; allowed is sandbox, instagram, mastodon:https://HOST or flickr"
            ),
            (["INSTACRAWLER_SOURCE": "flickr,"], [], "INSTACRAWLER_SOURCE is 'flickr,'; allowed is sandbox"),
            (
                [:], ["--source", "flickr,mastodon:http://social.example"],
                "--source is 'mastodon:http://social.example'; allowed is mastodon:https://HOST"
            ),
            (
                [:], ["--source", "mastodon:https://social.example/about"],
                "--source is 'mastodon:https://social.example/about'; allowed is mastodon:https://HOST"
            ),
            (
                ["INSTACRAWLER_SENSITIVE": "perhaps"], [],
                "INSTACRAWLER_SENSITIVE is 'perhaps'; allowed is true or false"
            ),
            (
                [
                    "INSTACRAWLER_SOURCE": "mastodon:https://a.example,mastodon:https://b.example",
                    "MASTODON_ACCESS_TOKEN": "s3cret",
                ], [], "MASTODON_ACCESS_TOKEN is not allowed as it is; allowed is the token of the one server"
            ),
            (["INSTACRAWLER_SOURCE": "instagram"], [], "INSTAGRAM_USER_ID is ''; allowed is what Instagram gave you"),
            (
                ["INSTACRAWLER_SOURCE": "instagram", "INSTAGRAM_USER_ID": "1"], [],
                "INSTAGRAM_ACCESS_TOKEN is ''; allowed is what Instagram gave you"
            ),
            (
                ["INSTAGRAM_GRAPH_URL": "https://example.com"], [],
                "INSTAGRAM_GRAPH_URL is 'https://example.com'; allowed"
            ),
            (
                ["INSTAGRAM_GRAPH_URL": "https://graph.example/v23.0?access_token=s3cret"], [],
                "INSTAGRAM_GRAPH_URL is 'https://graph.example/v23.0?[redacted]'; allowed is an http or https address"
            ),
            (
                ["INSTAGRAM_GRAPH_URL": "https://user:s3cret@graph.example"], [],
                "INSTAGRAM_GRAPH_URL is 'https://[redacted]@graph.example'; allowed is an http or https address"
            ),
            (
                ["INSTACRAWLER_SOURCE": "mastodon:https://user:s3cret@social.example"], [],
                "INSTACRAWLER_SOURCE is 'mastodon:https://[redacted]@social.example'; allowed is mastodon:https://HOST"
            ),
            (
                ["INSTACRAWLER_SOURCE": "mastodon:user:s3cret@social.example"], [],
                "INSTACRAWLER_SOURCE is 'mastodon:[redacted]@social.example'; allowed is mastodon:https://HOST"
            ),
            (["INSTACRAWLER_INTERVAL": "5"], [], "INSTACRAWLER_INTERVAL is '5'; allowed is 1s to 24h"),
            (["INSTACRAWLER_RUN": "/tmp/a;b"], [], "INSTACRAWLER_RUN is '/tmp/a;b'; allowed is a path"),
            (["INSTACRAWLER_HOST": "x;y"], [], "INSTACRAWLER_HOST is 'x;y'; allowed is an IPv4 address"),
            (["INSTACRAWLER_RATE_LIMIT": "50"], [], "INSTACRAWLER_RATE_LIMIT is '50'; allowed is off, or requests"),
            (["INSTACRAWLER_RATE_LIMIT": "0r/s"], [], "INSTACRAWLER_RATE_LIMIT is '0r/s'; allowed is off, or requests"),
            (["INSTACRAWLER_RATE_BURST": "0"], [], "INSTACRAWLER_RATE_BURST is '0'; allowed is 1 to 100000"),
            (["INSTACRAWLER_LOG_FORMAT": "xml"], [], "INSTACRAWLER_LOG_FORMAT is 'xml'; allowed is text or json"),
            (
                ["INSTACRAWLER_FRAME_ANCESTORS": "*; script-src *"], [],
                "INSTACRAWLER_FRAME_ANCESTORS is '*; script-src *'; allowed is *, none, self, or origins"
            ),
            (["INSTACRAWLER_FRAME_ANCESTORS": "example.com"], [], "INSTACRAWLER_FRAME_ANCESTORS is 'example.com'"),
            (["INSTACRAWLER_PROXY": "apache"], [], "INSTACRAWLER_PROXY is 'apache'; allowed is nginx, tcp, microcache"),
            (["INSTACRAWLER_RESPONDER_HOST": "a;b"], [], "INSTACRAWLER_RESPONDER_HOST is 'a;b'; allowed is the name"),
            (["INSTACRAWLER_STANDBY_PORT": "0"], [], "INSTACRAWLER_STANDBY_PORT is '0'; allowed is 1 to 65535"),
            (["INSTACRAWLER_CERTIFICATE": "a b"], [], "INSTACRAWLER_CERTIFICATE is 'a b'; allowed is a path"),
            (["LOG_LEVEL": "loud"], [], "LOG_LEVEL is 'loud'; allowed is trace, debug"),
        ] as [([String: String], [String], String)])
    func refused(environment: [String: String], flags: [String], message: String) async throws {
        let result = try await Program.run(
            Machine.instacrawler, ["render", "\(Machine.repository)/nginx/nginx.conf.template"] + flags,
            environment: environment)
        #expect(result.status == .exited(64))
        #expect(result.output.hasPrefix("instacrawler: \(message)"), "\(result.output)")
        #expect(result.output.split(separator: "\n").count == 1)
        #expect(!result.output.contains("s3cret"))
    }

    @Test("A flag beats a variable, and PORT is written into the configuration", arguments: [1, 5_000, 65_535])
    func port(port: Int) async throws {
        let result = try await Program.run(
            Machine.instacrawler,
            ["render", "\(Machine.repository)/nginx/nginx.conf.template", "--port", "\(port)"],
            environment: ["PORT": "4242"])
        #expect(result.status == .exited(0))
        #expect(result.output.contains("listen 0.0.0.0:\(port) default_server"))
        #expect(!result.output.contains("4242"))
    }

    @Test(
        "Every subcommand has help and a version",
        arguments: ["up", "respond", "crawl", "export", "render", "check", "sandbox"])
    func help(command: String) async throws {
        let help = try await Program.run(Machine.instacrawler, [command, "--help"])
        #expect(help.status == .exited(0))
        #expect(help.output.contains("USAGE: instacrawler \(command)"))
        let version = try await Program.run(Machine.instacrawler, [command, "--version"])
        #expect(version.status == .exited(0))
        #expect(version.output.split(separator: ".").count == 3)
    }

    @Test(
        "Several sources are taken, with the token of each server",
        arguments: [
            ("sandbox", [:]), ("flickr, mastodon:https://mastodon.social", ["MASTODON_ACCESS_TOKEN": "s3cret"]),
            (
                "mastodon:https://a.example,mastodon:https://b.example:8443,sandbox",
                ["MASTODON_ACCESS_TOKEN": "a.example=s3cret,b.example:8443=t=0ken"]
            ),
        ] as [(String, [String: String])])
    func sources(source: String, environment: [String: String]) async throws {
        let result = try await Program.run(
            Machine.instacrawler,
            ["render", "\(Machine.repository)/nginx/nginx.conf.template", "--sensitive", "--source", source],
            environment: environment)
        #expect(result.status == .exited(0), "\(result.output)")
    }

    @Test("A word that is no subcommand ends with 64")
    func usage() async throws {
        #expect(try await Program.run(Machine.instacrawler, ["dance"]).status == .exited(64))
    }
}
