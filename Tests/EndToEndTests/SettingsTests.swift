import Testing

@testable import Launcher

@Suite("Settings", .timeLimit(.minutes(10)))
struct SettingsTests {
    @Test(
        "An invalid setting ends with 64 and one line with its name, its value and the allowed values",
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
            (
                ["INSTACRAWLER_TRUSTED_PROXIES": "10.0.0.0/33"], [],
                "INSTACRAWLER_TRUSTED_PROXIES is '10.0.0.0/33'; allowed is none, or networks separated by commas"
            ),
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
            // Numbers at each limit: a library must not trap, and nginx must not read another number.
            (
                [:], ["--source", "mastodon:http://127.0.0.1:99999"],
                "--source is 'mastodon:http://127.0.0.1:99999'; allowed is mastodon:https://HOST"
            ),
            ([:], ["--source", "mastodon:https://a.example:0"], "--source is 'mastodon:https://a.example:0'; allowed"),
            ([:], ["--source", "mastodon:https://a.example:"], "--source is 'mastodon:https://a.example:'; allowed"),
            ([:], ["--source", "mastodon:https://1.2.3"], "--source is 'mastodon:https://1.2.3'; allowed"),
            (
                ["INSTAGRAM_GRAPH_URL": "http://127.0.0.1:70000/v1"], [],
                "INSTAGRAM_GRAPH_URL is 'http://127.0.0.1:70000/v1'; allowed is an http or https address"
            ),
            (["INSTAGRAM_GRAPH_URL": "http://127.0.0.1:0/v1"], [], "INSTAGRAM_GRAPH_URL is 'http://127.0.0.1:0/v1'"),
            (["INSTAGRAM_GRAPH_URL": "http://[::1/v1"], [], "INSTAGRAM_GRAPH_URL is 'http://[::1/v1'; allowed"),
            (["INSTAGRAM_GRAPH_URL": "http://localhost/%zz"], [], "INSTAGRAM_GRAPH_URL is 'http://localhost/%zz'"),
            (["INSTAGRAM_GRAPH_URL": "http://localhost/{a}"], [], "INSTAGRAM_GRAPH_URL is 'http://localhost/{a}'"),
            (["INSTACRAWLER_RESPONDER_PORT": "65536"], [], "INSTACRAWLER_RESPONDER_PORT is '65536'; allowed is 1"),
            (["INSTACRAWLER_RESPONDER_HOST": "unix"], [], "INSTACRAWLER_RESPONDER_HOST is 'unix'; allowed is the name"),
            (["INSTACRAWLER_STANDBY_HOST": "1.2.3"], [], "INSTACRAWLER_STANDBY_HOST is '1.2.3'; allowed is the name"),
            (["INSTACRAWLER_HOST": "1.2.3"], [], "INSTACRAWLER_HOST is '1.2.3'; allowed is an IPv4 address"),
            (["INSTACRAWLER_HOST": "1.2.3.4.5"], [], "INSTACRAWLER_HOST is '1.2.3.4.5'; allowed is an IPv4 address"),
            (["INSTACRAWLER_HOST": "01.2.3.4"], [], "INSTACRAWLER_HOST is '01.2.3.4'; allowed is an IPv4 address"),
            (["INSTACRAWLER_HOST": ":::"], [], "INSTACRAWLER_HOST is ':::'; allowed is an IPv4 address"),
            (["INSTACRAWLER_HOST": "[::1"], [], "INSTACRAWLER_HOST is '[::1'; allowed is an IPv4 address"),
            (
                ["INSTACRAWLER_FRAME_ANCESTORS": "https://a.example:70000"], [],
                "INSTACRAWLER_FRAME_ANCESTORS is 'https://a.example:70000'; allowed"
            ),
            (["INSTACRAWLER_FRAME_ANCESTORS": "https://a.example:0"], [], "INSTACRAWLER_FRAME_ANCESTORS is"),
            (["INSTACRAWLER_FRAME_ANCESTORS": "https://a.example:+80"], [], "INSTACRAWLER_FRAME_ANCESTORS is"),
            (
                ["INSTACRAWLER_FRAME_ANCESTORS": String(repeating: "https://a.example ", count: 200)], [],
                "INSTACRAWLER_FRAME_ANCESTORS is"
            ),
            (
                ["PORT": String(repeating: "9", count: 30)], [],
                "PORT is '\(String(repeating: "9", count: 30))'; allowed is 1 to 65535"
            ),
            (["PORT": "+80"], [], "PORT is '+80'; allowed is 1 to 65535"),
            (["PORT": "80\n90"], [], "PORT is '80\\u{a}90'; allowed is 1 to 65535"),
            (["INSTACRAWLER_RETENTION": "+5"], [], "INSTACRAWLER_RETENTION is '+5'; allowed is 1 to 100000"),
            (["INSTACRAWLER_RATE_LIMIT": "1000001r/s"], [], "INSTACRAWLER_RATE_LIMIT is '1000001r/s'; allowed is off"),
            (
                ["INSTACRAWLER_INTERVAL": String(repeating: "999999999d", count: 3_000)], [],
                "INSTACRAWLER_INTERVAL is '999999999d"
            ),
            (
                ["INSTACRAWLER_HASHTAGS": String(repeating: "a,", count: 60_000)], [],
                "INSTACRAWLER_HASHTAGS is 'a,a,"
            ),
            (
                ["INSTACRAWLER_HASHTAGS": (0..<5_000).map { "a\($0)" }.joined(separator: ",")], [],
                "INSTACRAWLER_HASHTAGS is 'a0,a1,"
            ),
            (
                ["INSTACRAWLER_HASHTAGS": "a" + String(repeating: "\u{315}\u{327}", count: 8_000)], [],
                "INSTACRAWLER_HASHTAGS is '"
            ),
            (
                ["INSTACRAWLER_SOURCE": "instagram", "INSTAGRAM_USER_ID": "1", "INSTAGRAM_ACCESS_TOKEN": "s3cret\nx"],
                [], "INSTAGRAM_ACCESS_TOKEN is not allowed as it is; allowed is at most 4096 visible ASCII"
            ),
            (
                ["INSTACRAWLER_SOURCE": "mastodon:https://a.example", "MASTODON_ACCESS_TOKEN": "s3cret\r\nx: y"], [],
                "MASTODON_ACCESS_TOKEN is not allowed as it is; allowed is at most 4096 visible ASCII"
            ),
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

    @Test("A flag overrides a variable, and PORT is written into the configuration", arguments: [1, 5_000, 65_535])
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
        "Accepts several sources, with the token of each server",
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

    @Test(
        "Writes an address to listen on as nginx reads it",
        arguments: [
            ("::1", "[::1]"), ("[::1]", "[::1]"), ("::", "[::]"), ("[::]", "[::]"), ("*", "*"),
            ("127.0.0.1", "127.0.0.1"), ("2001:DB8:0::1", "[2001:db8::1]"), ("::ffff:1.2.3.4", "1.2.3.4"),
        ])
    func host(text: String, written: String) async throws {
        let result = try await Program.run(
            Machine.instacrawler, ["render", "\(Machine.repository)/nginx/nginx.conf.template", "--host", text])
        #expect(result.status == .exited(0), "\(result.output)")
        #expect(result.output.contains("listen \(written):5000 default_server"))
    }

    @Test(
        "Numbers out of range in arguments of commands end with 64",
        arguments: [
            ["crawl", "--limit", "99999999999999999999"], ["crawl", "--limit", "+5"],
            ["crawl", "--since", "999999999d999999999d"], ["crawl", "--since", "9999999999999-01-01"],
            ["respond", "--listen", "tcp:127.0.0.1:70000"], ["respond", "--listen", "fd:99999999999"],
            ["respond", "--listen", "tcp:127.0.0.1:+80"],
            ["respond", "--listen", "unix:/nowhere/s", "--mode", "99999999999999999999"],
            ["respond", "--listen", "unix:/nowhere/s", "--workers", "99999999999999999999"],
            ["sandbox", "--port", "65536"], ["sandbox", "--history", "9223372036854775807"],
            ["sandbox", "--period", "999999999d"], ["sandbox", "--picture-delay", "999999999d"],
            ["sandbox", "--picture-lifetime", "999999999d"], ["sandbox", "--seed", "99999999999999999999"],
            ["sandbox", "--fault", "graph@99999999999999999999=status"],
            ["sandbox", "--fault", "graph=error:99999999999999999999"],
        ])
    func numbers(arguments: [String]) async throws {
        let result = try await Program.run(Machine.instacrawler, arguments)
        #expect(result.status == .exited(64), "\(result.output)")
        #expect(result.output.split(separator: "\n").count == 1)
    }

    @Test("An unknown subcommand ends with 64")
    func usage() async throws {
        #expect(try await Program.run(Machine.instacrawler, ["dance"]).status == .exited(64))
    }
}
