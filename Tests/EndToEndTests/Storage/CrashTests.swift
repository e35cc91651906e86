import FoundationEssentials
import Glibc
import Posts
import TestSupport
import Testing

@testable import Launcher
@testable import Storage

/// The state that a killed service leaves behind.
@Suite("The responder killed while it crawls", .serialized, .timeLimit(.minutes(10)))
struct CrashTests {
    /// The number of kills: 5 in `make test`, otherwise STORAGE_CRASHES.
    private static let crashes = number("STORAGE_CRASHES") ?? 5
    /// The seed of the moments.
    private static let seed = number("STORAGE_CRASHES_SEED") ?? 1

    private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

    /// One page of `/tags/{tag}`.
    private struct Page: Decodable {
        struct Post: Decodable { var id: String }
        var posts: [Post]
        var next: String?
    }

    private let directory = TemporaryDirectory()

    private var socket: String { directory["responder.sock"] }

    @Test("Killed at random moments, it has every post afterwards that it has served, in a whole database")
    func killed() async throws {
        let (sandbox, graph) = try await Deployment.sandbox(["--period", "100ms"])
        var random = SeededGenerator(seed: UInt64(Self.seed))
        var served: Set<String> = []
        for round in 1...Self.crashes {
            // Every fourth responder is killed while it starts, on the previous one's database; the others while they crawl.
            let isStart = round % 4 == 0
            if !isStart { try forgetCrawls() }
            let respond = try await start(graph: graph)
            if !isStart { try #require(await respond.line(containing: "listening") != nil, "\(respond.output)") }
            if round == 1 {
                try await eventually("posts are served") {
                    served.formUnion(try await page("/tags/golang?limit=20")?.posts.map(\.id) ?? [])
                    return !served.isEmpty
                }
            }
            let moment = Duration.milliseconds(Int.random(in: 0..<400, using: &random))
            async let killed: Void = Self.kill(respond, after: moment)
            let end = ContinuousClock.now + moment
            while ContinuousClock.now < end {
                served.formUnion(try await page("/tags/golang?limit=20")?.posts.map(\.id) ?? [])
            }
            try await killed
            let lost = served.subtracting(try await storedPosts())
            #expect(lost.isEmpty, "after kill \(round) with seed \(Self.seed)")
        }
        let respond = try await start(graph: graph)
        try await eventually("the service shows all that it has served before") {
            served.isSubset(of: try await shownPosts())
        }
        #expect(await respond.stop() == .exited(0))
        await sandbox.stop()
    }

    private func start(graph: String) async throws -> Program {
        try await Program.start(
            Machine.instacrawler, ["respond", "--listen", "unix:\(socket)"],
            environment: [
                "INSTAGRAM_GRAPH_URL": "\(graph)/v23.0", "INSTACRAWLER_INTERVAL": "1s",
                "INSTACRAWLER_DATABASE": directory["posts.sqlite"],
                "INSTACRAWLER_HASHTAGS": "golang,swift,rust",
                "INSTACRAWLER_RETENTION": "100000",
            ])
    }

    /// Lets the next responder crawl at once, as if no other process held the lease.
    private func forgetCrawls() throws {
        guard access(directory["posts.sqlite"], F_OK) == 0 else { return }
        try SQLiteConnection(path: directory["posts.sqlite"]).execute("DELETE FROM leases; DELETE FROM crawls")
    }

    private static func kill(_ program: Program, after moment: Duration) async throws {
        try await Task.sleep(for: moment)
        #expect(await program.stop(SIGKILL) == .signalled(SIGKILL), "\(program.output)")
    }

    /// Returns the IDs of the posts in a copy of the database, so that the next start finds the original unchanged.
    private func storedPosts() async throws -> Set<String> {
        let copy = TemporaryDirectory()
        for name in ["posts.sqlite", "posts.sqlite-wal"] where access(directory[name], F_OK) == 0 {
            let result = try await Program.run(try #require(Machine.find("cp")), [directory[name], copy.path])
            #expect(result.status == .exited(0), "\(result.output)")
        }
        let path = copy["posts.sqlite"]
        guard access(path, F_OK) == 0 else { return [] }
        let store = try SQLiteStore(path: path, retention: 100_000)
        #expect(try SQLiteConnection(path: path).rows("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
        #expect(try SQLiteConnection(path: path).rows("PRAGMA foreign_key_check") { $0.text(0) }.isEmpty)
        return Set(try await store.posts(of: Hashtag("golang")).map(\.id.description))
    }

    /// Returns the IDs of all posts that the service shows.
    private func shownPosts() async throws -> Set<String> {
        var shown: Set<String> = []
        var path: String? = "/tags/golang?limit=100"
        while let asked = path, let page = try await page(asked) {
            shown.formUnion(page.posts.map(\.id))
            path = page.next.map { "/tags/golang?limit=100&before=\($0)" }
        }
        return shown
    }

    /// Returns a page of the service; `nil` if there is no complete response.
    private func page(_ path: String) async throws -> Page? {
        let answer = try await Program.run(
            try #require(Machine.find("cgi-fcgi")), ["-bind", "-connect", socket],
            environment: ["REQUEST_METHOD": "GET", "REQUEST_URI": path, "SERVER_PROTOCOL": "HTTP/1.1"]
        ).output
        guard answer.hasPrefix("Status: 200 "), let head = answer.firstRange(of: "\r\n\r\n") else { return nil }
        return try? JSONDecoder().decode(Page.self, from: Data(answer[head.upperBound...].utf8))
    }
}
