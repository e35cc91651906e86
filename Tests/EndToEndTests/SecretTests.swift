import TestSupport
import Testing

@Suite("Secrets in what a deployment shows", .serialized, .timeLimit(.minutes(10)))
struct SecretTests {
    /// The token that the sandbox's Graph API accepts.
    private static let graphToken = "sandbox-token"
    private static let mastodonToken = "m4stodon-t0ken"

    /// Starts a service with a token, and waits until a fault appears.
    ///
    /// - Returns: all of its output: both streams, its responses and its files.
    private func output(
        of settings: (_ sandbox: String) -> [String: String], fault: String, state: String
    ) async throws -> [String: String] {
        let directory = TemporaryDirectory()
        let (sandbox, address) = try await Deployment.sandbox(
            ["--fault", fault, "--mastodon-token", Self.mastodonToken])
        let port = Machine.freePort()
        var environment = Deployment.environment(directory, port: port, graph: address)
        environment["LOG_LEVEL"] = "trace"
        environment["INSTACRAWLER_DATABASE"] = directory["posts.sqlite"]
        environment.merge(settings(address)) { $1 }
        let up = try await Program.start(Machine.instacrawler, ["up"], environment: environment)
        try #require(await up.line(containing: "InstaCrawler is ready") != nil, "\(up.output)")
        let browser = Browser(base: "http://127.0.0.1:\(port)")
        try await eventually("pictures are there") { try await browser.get("/latest").status == 200 }
        try await eventually("the trouble shows") {
            try await browser.get("/health").text.contains("\"state\":\"\(state)\"")
        }
        var all: [String: String] = [:]
        for path in ["/health", "/metrics", "/latest", "/tags", "/tags/golang", "/openapi.json"] {
            all[path] = try await browser.get(path).text
        }
        for name in ["posts.sqlite", "posts.sqlite-wal"] { all[name] = Machine.read(directory[name]) }
        #expect(await up.stop() == .exited(0))
        await sandbox.stop()
        all["posts.sqlite at the end"] = Machine.read(directory["posts.sqlite"])
        all["output"] = up.output
        return all
    }

    private func expectNothing(of secret: String, in all: [String: String]) {
        for (name, text) in all {
            #expect(!text.contains(secret), "\(name)")
            #expect(text.utf8.count > 0 || name.hasSuffix("-wal"), "\(name)")
        }
    }

    @Test(
        "Instagram's token is nowhere, whatever the service does",
        arguments: [
            ("graph:recent_media@2-=redirect", "failing"), ("graph:recent_media@2-=reset", "failing"),
            ("graph:recent_media@2-=error:190/463", "failing"), ("graph:recent_media@2-=truncate", "failing"),
        ])
    func instagram(fault: String, state: String) async throws {
        let all = try await output(
            of: { _ in
                [
                    "INSTACRAWLER_SOURCE": "instagram", "INSTAGRAM_USER_ID": "17841400000000000",
                    "INSTAGRAM_ACCESS_TOKEN": Self.graphToken,
                ]
            }, fault: fault, state: state)
        expectNothing(of: Self.graphToken, in: all)
    }

    @Test(
        "Nor is the token of a Mastodon server",
        arguments: [
            ("mastodon:timeline@6-=redirect", "failing"), ("mastodon:timeline@6-=401", "failing"),
            ("mastodon:timeline@6-=reset", "failing"),
        ])
    func mastodon(fault: String, state: String) async throws {
        let all = try await output(
            of: { sandbox in
                ["INSTACRAWLER_SOURCE": "mastodon:\(sandbox)", "MASTODON_ACCESS_TOKEN": Self.mastodonToken]
            }, fault: fault, state: state)
        expectNothing(of: Self.mastodonToken, in: all)
    }
}
