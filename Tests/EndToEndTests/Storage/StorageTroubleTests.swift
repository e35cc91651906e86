import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Launcher
@testable import Storage

/// What a visitor, an operator and `/health` see while the database fails.
@Suite("The service without a database that works", .serialized, .timeLimit(.minutes(10)))
struct StorageTroubleTests {
    /// The storage in `/health`.
    private struct Health: Decodable {
        struct Component: Decodable, Equatable {
            var state: String
            var message: String?
        }
        var storage: Component
    }

    private static let ok = Health.Component(state: "ok", message: nil)

    private func storage(_ deployment: Deployment) async throws -> Health.Component {
        let health = try await deployment.browser.get("/health")
        #expect(health.status == 200)
        return try JSONDecoder().decode(Health.self, from: Data(health.body)).storage
    }

    /// Checks that one log line and `/health` report the failure, that `/health` names no file, and that pictures are
    /// shown.
    private func expectFromMemory(_ deployment: Deployment, because reason: String, advice: String) async throws {
        let line = try #require(await deployment.up.line(containing: "posts are kept in memory"))
        #expect(line.contains("posts are kept in memory: \(reason)"), "\(line)")
        #expect(line.contains(advice), "\(line)")
        let storage = try await storage(deployment)
        #expect(storage.state == "failing")
        let message = try #require(storage.message)
        #expect(message.contains(reason) && message.contains(advice), "\(message)")
        #expect(!message.contains(deployment.directory.path), "\(message)")
        let latest = try await deployment.browser.get("/latest").text
        try await eventually("newer pictures are shown") { try await deployment.browser.get("/latest").text != latest }
        #expect(deployment.up.output.split(separator: "\n").count { $0.contains("posts are kept in memory") } == 1)
    }

    /// Checks that the database works again and contains a picture that was found during the failure.
    private func expectStored(_ missed: String, in path: String, of deployment: Deployment) async throws {
        try #require(await deployment.up.line(containing: "the database works again") != nil)
        #expect(try await storage(deployment) == Self.ok)
        let posts = try await SQLiteStore(path: path).posts(of: .init("golang"))
        #expect(posts.contains { $0.media.contains { $0.url == missed || $0.fallbackURL == missed } }, "\(missed)")
    }

    @Test("Where nothing can be written, it goes on from memory")
    func nowhere() async throws {
        let directory = TemporaryDirectory()
        directory.write("", to: "file")
        try await Deployment.with(
            sandbox: ["--period", "1s"], environment: ["INSTACRAWLER_DATA": directory["file/data"]], in: directory
        ) {
            try await expectFromMemory(
                $0, because: "it cannot be opened: Not a directory", advice: "make its directory writable")
        }
    }

    @Test("In a directory that is read only, it goes on from memory", .enabled(if: Mount.isPossible))
    func readOnly() async throws {
        let directory = TemporaryDirectory()
        let mount = try #require(Mount(in: directory, isReadOnly: true))
        try await Deployment.with(
            sandbox: ["--period", "1s"], environment: ["INSTACRAWLER_DATA": mount.path], in: directory
        ) {
            try await expectFromMemory(
                $0, because: "it cannot be opened: Read-only file system", advice: "make its directory writable")
        }
    }

    @Test("When the disk is full, it goes on from memory, and writes what it missed", .enabled(if: Mount.isPossible))
    func fullDisk() async throws {
        let directory = TemporaryDirectory()
        let mount = try #require(Mount(in: directory, options: "size=1m"))
        try await Deployment.with(
            sandbox: ["--period", "500ms"], environment: ["INSTACRAWLER_DATA": mount.path], in: directory
        ) { deployment in
            #expect(try await storage(deployment) == Self.ok)
            let filler = "\(mount.path)/filler"
            let dd = try #require(Machine.find("dd"))
            let full = try await Program.run(dd, ["if=/dev/zero", "of=\(filler)", "bs=4k", "status=none"])
            #expect(full.output.contains("No space left on device"))
            try await expectFromMemory(
                deployment, because: "database or disk is full", advice: "the disk is full: make room")
            let missed = try Deployment.address(in: try await deployment.browser.get("/latest").text)
            unlink(filler)
            try await expectStored(missed, in: "\(mount.path)/instacrawler.sqlite", of: deployment)
        }
    }

    @Test("While another program holds the database, it goes on from memory, and writes what it missed")
    func locked() async throws {
        let directory = TemporaryDirectory()
        let path = directory["instacrawler.sqlite"]
        do { _ = try SQLiteStore(path: path) }
        var holder: SQLiteConnection? = try SQLiteConnection(path: path)
        try holder?.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
        try await Deployment.with(sandbox: ["--period", "1s"], in: directory) { deployment in
            try await expectFromMemory(deployment, because: "database is locked", advice: "another program holds it")
            let missed = try Deployment.address(in: try await deployment.browser.get("/latest").text)
            holder = nil
            try await expectStored(missed, in: path, of: deployment)
        }
    }

    @Test("A file that is no database is moved aside, and a new one begun")
    func damaged() async throws {
        let directory = TemporaryDirectory()
        directory.write("this is not a database, but it is long enough to be read as one", to: "instacrawler.sqlite")
        try await Deployment.with(in: directory) { deployment in
            let trouble = try #require(await deployment.up.line(containing: "posts are kept in memory"))
            #expect(trouble.contains("file is not a database; the damaged file is moved aside and a new one is begun"))
            let aside = try #require(await deployment.up.line(containing: "the damaged database was moved aside"))
            #expect(aside.contains("instacrawler.sqlite.damaged-"))
            #expect(try await storage(deployment) == Self.ok)
            #expect(try await !SQLiteStore(path: directory["instacrawler.sqlite"]).posts(of: .init("golang")).isEmpty)
        }
    }

    @Test("A database of a newer version is left alone, and it goes on from memory")
    func newer() async throws {
        let directory = TemporaryDirectory()
        let path = directory["instacrawler.sqlite"]
        do { try SQLiteConnection(path: path).execute("CREATE TABLE things (x); PRAGMA user_version = 99") }
        let before = try #require(DatabaseFile.Identity(path))
        try await Deployment.with(sandbox: ["--period", "1s"], in: directory) { deployment in
            try await expectFromMemory(
                deployment, because: "it was written by a newer version of this program (99, not \(Schema.version))",
                advice: "run the newer program")
        }
        #expect(DatabaseFile.Identity(path) == before)
        #expect(try SQLiteConnection(path: path).first("PRAGMA journal_mode") { $0.text(0) } == "delete")
        #expect(try SQLiteConnection(path: path).rows("SELECT name FROM sqlite_schema") { $0.text(0) } == ["things"])
    }
}
