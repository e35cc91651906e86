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
                "INSTACRAWLER_SOURCE is 'myspace'; allowed is sandbox or instagram"
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
            (["INSTACRAWLER_INTERVAL": "5"], [], "INSTACRAWLER_INTERVAL is '5'; allowed is 1s to 24h"),
            (["INSTACRAWLER_RUN": "/tmp/a;b"], [], "INSTACRAWLER_RUN is '/tmp/a;b'; allowed is a path"),
            (["INSTACRAWLER_HOST": "x;y"], [], "INSTACRAWLER_HOST is 'x;y'; allowed is an IPv4 address"),
            (["LOG_LEVEL": "loud"], [], "LOG_LEVEL is 'loud'; allowed is trace, debug"),
        ] as [([String: String], [String], String)])
    func refused(environment: [String: String], flags: [String], message: String) async throws {
        let result = try await Program.run(
            Machine.instacrawler, ["render", "\(Machine.repository)/nginx/nginx.conf.template"] + flags,
            environment: environment)
        #expect(result.status == .exited(64))
        #expect(result.output.hasPrefix("instacrawler: \(message)"), "\(result.output)")
        #expect(result.output.split(separator: "\n").count == 1)
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

    @Test("Every subcommand has help and a version", arguments: ["up", "respond", "render", "check", "sandbox"])
    func help(command: String) async throws {
        let help = try await Program.run(Machine.instacrawler, [command, "--help"])
        #expect(help.status == .exited(0))
        #expect(help.output.contains("USAGE: instacrawler \(command)"))
        let version = try await Program.run(Machine.instacrawler, [command, "--version"])
        #expect(version.status == .exited(0))
        #expect(version.output.split(separator: ".").count == 3)
    }

    @Test("A word that is no subcommand ends with 64")
    func usage() async throws {
        #expect(try await Program.run(Machine.instacrawler, ["dance"]).status == .exited(64))
    }
}
