import Glibc
import Posts
import Synchronization
import TestSupport
import Testing

@testable import Storage

/// Damaged databases, with one or several stores on them.
@Suite(.timeLimit(.minutes(10))) struct DamageTests {
    private let directory = DatabaseDirectory()
    private let log = LogRecorder()

    private func store() -> ResilientStore {
        ResilientStore(path: directory.database, logger: log.logger, now: { 0 })
    }

    private func isWhole() throws -> Bool {
        try SQLiteConnection(path: directory.database).first("PRAGMA integrity_check") { $0.text(0) } == "ok"
    }

    @Test func `A file that is no database is moved aside, and a new one begun`() async throws {
        directory.write(
            Array("this is not a database, but it is long enough to be read as one".utf8), to: "test.sqlite")
        let store = store()
        #expect(await store.upsert([.sample(1)], of: .golang) == 1)
        #expect(await store.upsert([.sample(2)], of: .golang) == 1)
        #expect(store.health == .ok)
        #expect(directory.damaged == ["test.sqlite.damaged-0"])
        #expect(try await SQLiteStore(path: directory.database).posts(of: .golang).count == 2)
    }

    @Test func `What was moved aside in the same second stays`() async throws {
        directory.write(Array("an earlier one".utf8), to: "test.sqlite.damaged-0")
        directory.write(
            Array("this is not a database, but it is long enough to be read as one".utf8), to: "test.sqlite")
        #expect(await store().upsert([.sample(1)], of: .golang) == 1)
        #expect(directory.read("test.sqlite.damaged-0") == Array("an earlier one".utf8))
        #expect(directory.read("test.sqlite.damaged-0-2").starts(with: Array("this is not".utf8)))
    }

    @Test func `What can be read of a damaged database is carried over`() async throws {
        try await directory.writeDamagedDatabase()
        let kept = await store().posts(of: .golang)
        #expect(kept.count > 100)
        #expect(kept.allSatisfy { post in Int(post.id.value).map { Post.sample($0) == post } ?? false })
        #expect(try isWhole())
    }

    @Test func `Of several operations that meet the damage, one moves the file aside, and all are done`() async throws {
        try await directory.writeDamagedDatabase()
        let file = try #require(DatabaseFile.Identity(directory.database))
        let store = store()
        #expect(await store.revision() > 0, "it is open, and the damage not met yet")
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = await store.posts(of: .golang) }
                group.addTask { await store.upsert([.sample(1_000 + number)], of: .golang) }
            }
        }
        #expect(directory.damaged == ["test.sqlite.damaged-0"])
        #expect(DatabaseFile.Identity("\(directory.database).damaged-0") == file)
        #expect(store.health == .ok)
        let kept = try await SQLiteStore(path: directory.database).posts(of: .golang)
        #expect(kept.count > 120)
        #expect(kept.count { $0.publishedAt >= 1_001_000 } == 20)
        #expect(try isWhole())
    }

    @Test func `An operation that fails late costs the new database nothing`() async throws {
        try await directory.writeDamagedDatabase()
        let store = store()
        let (begun, release) = (Event(), Event())
        let tries = Mutex(0)
        async let late = store.attempt { database in
            let number = tries.withLock { tries in
                tries += 1
                return tries
            }
            if number == 1 {
                begun.happen()
                await release.wait()
                throw SQLiteError(code: 11, message: "database disk image is malformed")
            }
            return try await database.posts(of: .golang).count
        }
        await begun.wait()
        let kept = await store.posts(of: .golang)
        let file = DatabaseFile.Identity(directory.database)
        release.happen()
        #expect(await late == kept.count, "it is done with the new one")
        #expect(DatabaseFile.Identity(directory.database) == file)
        #expect(directory.damaged == ["test.sqlite.damaged-0"])
        #expect(store.health == .ok)
    }

    @Test func `Of two stores on one damaged file, one begins anew, and the other goes on with the new one`()
        async throws
    {
        try await directory.writeDamagedDatabase()
        let (one, other) = (store(), store())
        for store in [one, other] { #expect(await store.revision() > 0) }
        await other.upsert([.sample(1_000)], of: .swift)
        let kept = await one.posts(of: .golang)
        #expect(kept.count > 100)
        // The other store has found no damage yet, and still has the moved file open.
        await other.upsert([.sample(1_001)], of: .swift)
        #expect(await other.posts(of: .golang) == kept)
        #expect(await one.posts(of: .swift) == [.sample(1_001), .sample(1_000)])
        for store in [one, other] { #expect(store.health == .ok) }
        #expect(directory.damaged == ["test.sqlite.damaged-0"])
        #expect(try isWhole())
    }

    @Test func `A file that another has begun is not moved`() throws {
        directory.write(Array("old".utf8), to: "test.sqlite")
        let file = try #require(DatabaseFile.Identity(directory.database))
        #expect(try DatabaseFile.moveAside(directory.database, file, at: 0) == "\(directory.database).damaged-0")
        directory.write(Array("new".utf8), to: "test.sqlite")
        #expect(try DatabaseFile.moveAside(directory.database, file, at: 0) == nil)
        #expect(directory.read("test.sqlite") == Array("new".utf8))
    }

    @Test func `A database that was taken away is written anew from memory`() async throws {
        let store = store()
        await store.upsert([.sample(1)], of: .golang)
        for name in ["", "-wal", "-shm"] { unlink(directory.database + name) }
        await store.upsert([.sample(2)], of: .golang)
        #expect(try await SQLiteStore(path: directory.database).posts(of: .golang) == [.sample(2), .sample(1)])
    }

    @Test func `An id that is out of all proportion costs neither the time nor the other posts`() async throws {
        do {
            let store = try SQLiteStore(path: directory.database)
            try await store.upsert((1...3).map { Post.sample($0) }, of: .golang)
        }
        let connection = try SQLiteConnection(path: directory.database)
        try connection.execute(
            "INSERT INTO posts (id, source, value, published_at, caption, is_sensitive) "
                + "VALUES (\(Int64.max), 'a', 'b', 0, '', 0)")
        let saved = try await SQLiteStore(salvaging: directory.database).salvage()
        #expect(Set(saved[.golang, default: []]) == Set((1...3).map { Post.sample($0) }))
        try connection.execute("INSERT INTO media (post, position, kind, url) VALUES (\(Int64.max), 0, 'image', 'a')")
        #expect(try await SQLiteStore(salvaging: directory.database).salvage(trying: 1_000).isEmpty)
    }
}
