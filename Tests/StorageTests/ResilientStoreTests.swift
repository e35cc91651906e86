import Glibc
import Posts
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite struct ResilientStoreTests {
    private let directory = DatabaseDirectory()
    private let log = LogRecorder()

    /// The clock of a store, which the test advances.
    private final class Clock: Sendable {
        let time = Atomic<Int64>(0)
        func pass(_ seconds: Int64) { time.add(seconds, ordering: .relaxed) }
        var now: Int64 { time.load(ordering: .relaxed) }
    }

    private func store(_ path: String? = nil, clock: Clock = Clock(), retention: Int = 1_000) -> ResilientStore {
        ResilientStore(
            path: path ?? directory.database, retention: retention, logger: log.logger, now: { clock.now })
    }

    @Test func `A place that cannot be written gives one line, and the posts stay in memory`() async {
        directory.write([], to: "file")
        let clock = Clock()
        let store = store("\(directory.path)/file/test.sqlite", clock: clock)
        for number in 1...3 {
            #expect(await store.upsert([.sample(number)], of: .golang) == 1)
            clock.pass(60)
        }
        #expect(await store.posts(of: .golang) == [.sample(3), .sample(2), .sample(1)])
        #expect(log.lines.count == 1)
        #expect(log.texts[0].contains("INSTACRAWLER_DATABASE"))
        guard case .failing(let message) = store.health else {
            Issue.record("\(store.health)")
            return
        }
        #expect(!message.contains(directory.path), "what the public reads names no file")
        await #expect(throws: StorageUnavailable()) {
            try await store.takeLease("crawler", holder: "a", for: .seconds(30), now: 0)
        }
        #expect(await store.revision() < 0)
    }

    @Test func `What was missed is written once the database works again`() async throws {
        directory.write([], to: "place")
        let (path, clock) = ("\(directory.path)/place/test.sqlite", Clock())
        let store = store(path, clock: clock)
        await store.upsert([.sample(1)], of: .golang)
        await store.setSourceID("17", of: .golang, source: "instagram")
        await store.setRecord(CrawlRecord(lastAttempt: 5), of: .golang, source: "instagram")
        await store.addSearch(.golang, source: "instagram", account: "1", at: 5)
        unlink("\(directory.path)/place")
        #expect(await store.revision() < 0, "it is left alone for a while")
        clock.pass(10)
        #expect(await store.revision() > 0)
        #expect(store.health == .ok)
        #expect(log.lines.map(\.level) == [.error, .info])
        let other = try SQLiteStore(path: path)
        #expect(try await other.posts(of: .golang) == [.sample(1)])
        #expect(try await other.sourceID(of: .golang, source: "instagram") == "17")
        #expect(try await other.record(of: .golang, source: "instagram")?.lastAttempt == 5)
        #expect(try await other.searches(source: "instagram", account: "1", since: 0) == [.golang: 5])
        for name in ["", "-wal", "-shm"] { unlink(path + name) }
        rmdir("\(directory.path)/place")
    }

    @Test func `A clock that is set back does not keep the database out of use`() async throws {
        directory.write([], to: "place")
        let clock = Clock()
        let store = store("\(directory.path)/place/test.sqlite", clock: clock)
        await store.upsert([.sample(1)], of: .golang)
        unlink("\(directory.path)/place")
        clock.pass(-86_400)
        #expect(await store.revision() > 0)
        #expect(store.health == .ok)
    }

    @Test func `A full disk loses nothing while the process lives`() async throws {
        await #expect(processExitsWith: .exitCode(7)) {
            let directory = DatabaseDirectory()
            let log = LogRecorder()
            let store = ResilientStore(path: directory.database, logger: log.logger)
            await store.upsert([.sample(1)], of: .golang)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 262_144, rlim_max: 262_144)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            for number in 2...900 { await store.upsert([.sample(number)], of: .golang) }
            let posts = await store.posts(of: .golang)
            guard case .failing = store.health, posts.count == 900, log.lines.count == 1 else {
                print("\(store.health) \(posts.count) \(log.texts)")
                exit(1)
            }
            exit(7)
        }
    }

    @Test func `While another program holds the database, the posts are kept in memory`() async throws {
        _ = try SQLiteStore(path: directory.database)
        let holder = try SQLiteConnection(path: directory.database)
        try holder.execute("BEGIN EXCLUSIVE")
        let clock = Clock()
        let store = store(clock: clock)
        #expect(await store.upsert([.sample(1)], of: .golang) == 1)
        #expect(await store.posts(of: .golang) == [.sample(1)])
        #expect(log.lines.count == 1 && log.texts[0].contains("another program holds it"))
        try holder.execute("COMMIT")
        clock.pass(10)
        #expect(await store.revision() > 0)
        #expect(store.health == .ok)
    }

    @Test func `While one waits for a database that is held, others are answered from memory, and all is written`()
        async throws
    {
        _ = try SQLiteStore(path: directory.database)
        var holder: SQLiteConnection? = try SQLiteConnection(path: directory.database)
        try holder?.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
        // Longer than a busy machine takes to release the database.
        let store = ResilientStore(path: directory.database, patience: .seconds(600), logger: log.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...2 { group.addTask { await store.upsert([.sample(number)], of: .golang) } }
            try await group.next()
            holder = nil
            try await group.waitForAll()
        }
        #expect(store.health == .ok && log.lines.isEmpty, "\(log.texts)")
        #expect(try await SQLiteStore(path: directory.database).posts(of: .golang) == [.sample(2), .sample(1)])
    }

    @Test func `What is missed while the same is written is written, too`() async throws {
        directory.write([], to: "place")
        let (path, clock) = ("\(directory.path)/place/test.sqlite", Clock())
        let store = store(path, clock: clock)
        let (begun, release) = (Event(), Event())
        await store.ensure("id") { database in
            begun.happen()
            await release.wait()
            try await database.setSourceID("first", of: .golang, source: "a")
        }
        unlink("\(directory.path)/place")
        clock.pass(10)
        async let revision = store.revision()
        await begun.wait()
        await store.miss("id") { try await $0.setSourceID("second", of: .golang, source: "a") }
        release.happen()
        #expect(await revision >= 0)
        #expect(try await SQLiteStore(path: path).sourceID(of: .golang, source: "a") == "second")
        for name in ["", "-wal", "-shm"] { unlink(path + name) }
        rmdir("\(directory.path)/place")
    }

    @Test func `What cannot be written at once when the database works again is written later`() async throws {
        directory.write([], to: "place")
        let (path, clock) = ("\(directory.path)/place/test.sqlite", Clock())
        let failed = Mutex(false)
        let store = store(path, clock: clock)
        await store.ensure("id") { database in
            let failedBefore = failed.withLock { failed in
                defer { failed = true }
                return failed
            }
            guard failedBefore else { throw SQLiteError(code: 13, message: "full") }
            try await database.setSourceID("17", of: .golang, source: "a")
        }
        unlink("\(directory.path)/place")
        clock.pass(10)
        #expect(await store.revision() < 0)
        guard case .failing = store.health else {
            Issue.record("\(store.health)")
            return
        }
        clock.pass(10)
        #expect(await store.revision() >= 0)
        #expect(try await SQLiteStore(path: path).sourceID(of: .golang, source: "a") == "17")
        for name in ["", "-wal", "-shm"] { unlink(path + name) }
        rmdir("\(directory.path)/place")
    }
}
