import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Launcher

@Suite("Several services on one database", .serialized, .timeLimit(.minutes(10)))
struct SharingTests {
    /// A service with its own port and socket, and a database that it shares with others.
    private struct Service {
        let up: Program
        let browser: Browser

        var newest: String { get async throws { try await browser.get("/latest").text } }

        var role: String {
            get async throws {
                let health = try await browser.get("/health").text
                guard let start = health.firstRange(of: "\"role\":\"")?.upperBound else { return "" }
                return String(health[start...].prefix { $0 != "\"" })
            }
        }

        /// The number of pages that it has requested from its source.
        var pages: Int {
            get async throws {
                try await browser.get("/metrics").text.split(separator: "\n")
                    .filter { $0.hasPrefix("instacrawler_source_requests_total{") }
                    .reduce(0) { $0 + (Int($1.split(separator: " ").last ?? "") ?? 0) }
            }
        }
    }

    private static func start(_ directory: TemporaryDirectory, _ number: Int, graph: String) async throws -> Service {
        let port = Machine.freePort()
        var environment = Deployment.environment(directory, port: port, graph: graph)
        environment["INSTACRAWLER_RUN"] = directory["run\(number)"]
        environment["INSTACRAWLER_DATABASE"] = directory["posts.sqlite"]
        let up = try await Program.start(Machine.instacrawler, ["up"], environment: environment)
        try #require(await up.line(containing: "InstaCrawler is ready") != nil, "\(up.output)")
        return Service(up: up, browser: Browser(base: "http://127.0.0.1:\(port)"))
    }

    /// Returns the number of pages of posts that the sandbox has served.
    private static func pagesServed(_ sandbox: String) async throws -> Int {
        struct Counts: Decodable { var requests: [String: Int] }
        let counts = try await Browser(base: sandbox).get("/sandbox/requests")
        let requests = try JSONDecoder().decode(Counts.self, from: Data(counts.body)).requests
        return requests.filter { $0.key.hasSuffix("_media") }.values.reduce(0, +)
    }

    @Test("Of four one crawls, all show the newest post within two seconds, and another takes over when it is killed")
    func takeOver() async throws {
        let directory = TemporaryDirectory()
        let (sandbox, graph) = try await Deployment.sandbox(["--period", "2s"])
        let leader = try await Self.start(directory, 0, graph: graph)
        var followers: [Service] = []
        for number in 1...3 { followers.append(try await Self.start(directory, number, graph: graph)) }
        #expect(try await leader.role == "leader")
        for follower in followers {
            #expect(try await follower.role == "follower")
            try await eventually("pictures are there") { try await follower.browser.get("/latest").status == 200 }
        }
        for _ in 1...3 {
            let newest = try await leader.newest
            for follower in followers {
                try await eventually("the others show it, or a newer one", within: .seconds(2)) {
                    let other = try await follower.newest
                    let own = try await leader.newest
                    return other == newest || other == own
                }
            }
            try await eventually("another picture") { try await leader.newest != newest }
        }

        // Only one process crawls: the leader made all requests that upstream received.
        try await eventually("upstream is asked 20 times", within: .seconds(60)) {
            try await Self.pagesServed(graph) >= 20
        }
        let least = try await leader.pages
        let served = try await Self.pagesServed(graph)
        try await eventually("the leader has asked as often as upstream was") { try await leader.pages >= served }
        #expect(served >= least)
        for follower in followers { #expect(try await follower.pages == 0) }

        await leader.up.stop(SIGKILL)
        let kept = try await followers[0].newest
        var roles: [String] = []
        try await eventually("another takes over", within: .seconds(60)) {
            roles = []
            for follower in followers { roles.append(try await follower.role) }
            return roles.contains("leader")
        }
        #expect(roles.sorted() == ["follower", "follower", "leader"])
        for follower in followers {
            try await eventually("it shows new pictures") { try await follower.newest != kept }
        }
        for follower in followers { #expect(await follower.up.stop() == .exited(0)) }
        await sandbox.stop()
    }
}
