import Glibc
import Posts
import TestSupport
import Testing

@testable import Storage

/// Processes that share a database, and processes that are killed.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ProcessTests {
    /// The environment variable with the path of the database, for the processes of a test.
    private static let place = "STORAGE_TEST_DATABASE"

    @Test func `Four processes write into one database at once, and all of it is there`() async throws {
        let directory = DatabaseDirectory()
        setenv(Self.place, directory.database, 1)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { await #expect(processExitsWith: .success) { try await ProcessTests.writeMany() } }
            }
        }
        let store = try SQLiteStore(path: directory.database)
        #expect(try await store.posts(of: .golang).count == 4 * 50)
        #expect(try SQLiteConnection(path: directory.database).first("PRAGMA integrity_check") { $0.text(0) } == "ok")
    }

    @Test func `Four processes meet a damaged database at once, and all go on with one new one`() async throws {
        let directory = DatabaseDirectory()
        try await directory.writeDamagedDatabase()
        setenv(Self.place, directory.database, 1)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    await #expect(processExitsWith: .success) { await ProcessTests.writeManyDespiteDamage() }
                }
            }
        }
        #expect(directory.damaged.count == 1, "\(directory.names)")
        let kept = try await SQLiteStore(path: directory.database).posts(of: .golang)
        #expect(kept.count { $0.id.source.hasPrefix("process-") } == 4 * 50)
        #expect(kept.count > 4 * 50 + 100)
        #expect(try SQLiteConnection(path: directory.database).first("PRAGMA integrity_check") { $0.text(0) } == "ok")
    }

    private static func writeManyDespiteDamage() async {
        let store = ResilientStore(path: path, logger: .silent)
        _ = await store.revision()
        for number in 0..<50 {
            await store.upsert([.sample(number, source: "process-\(getpid())")], of: .golang)
            _ = await store.posts(of: .golang)
        }
    }

    private static func writeMany() async throws {
        let store = try SQLiteStore(path: path)
        for number in 0..<50 {
            try await store.upsert([.sample(number, source: "process-\(getpid())")], of: .golang)
            _ = try await store.takeLease("crawler", holder: "\(getpid())", for: .seconds(1), now: Int64(number))
        }
    }

    /// The number of processes to kill: STORAGE_CRASHES, or 10, as in `make test`.
    private static var crashes: Int { getenv("STORAGE_CRASHES").flatMap { Int(String(cString: $0)) } ?? 10 }

    @Test func `Processes killed at random moments while writing lose nothing that was stored`() async throws {
        let directory = DatabaseDirectory()
        setenv(Self.place, directory.database, 1)
        var acknowledged: Set<Int> = []
        for round in 0..<Self.crashes {
            await #expect(processExitsWith: .signal(SIGKILL)) { try await ProcessTests.writeUntilKilled() }
            acknowledged.formUnion(
                String(decoding: directory.read("test.sqlite.acknowledged"), as: UTF8.self)
                    .split(separator: "\n").compactMap { Int($0) })
            let store = try SQLiteStore(path: directory.database, retention: 1_000_000)
            let numbers = Set(try await store.posts(of: .golang).compactMap { Int($0.id.value) })
            #expect(acknowledged.subtracting(numbers).isEmpty, "round \(round)")
        }
        #expect(acknowledged.count > Self.crashes)
        #expect(try SQLiteConnection(path: directory.database).first("PRAGMA integrity_check") { $0.text(0) } == "ok")
    }

    /// Writes posts until it kills itself. Records the number of each stored post in a file.
    private static func writeUntilKilled() async throws {
        let log = open(path + ".acknowledged", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let store = try SQLiteStore(path: path, retention: 1_000_000)
        var number = Int(try await store.posts(of: .golang).compactMap { Int($0.id.value) }.max() ?? 0)
        let delay = UInt32.random(in: 0..<40_000)
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { delay in
                usleep(UInt32(UInt(bitPattern: delay)))
                kill(getpid(), SIGKILL)
                return nil
            }, UnsafeMutableRawPointer(bitPattern: UInt(delay) + 1))
        while true {
            let posts = (1...5).map { Post.sample(number + $0) }
            try await store.upsert(posts, of: .golang)
            number += 5
            let lines = Array(posts.map { "\($0.id.value)\n" }.joined().utf8)
            _ = write(log, lines, lines.count)
        }
    }

    private static var path: String { getenv(place).map { String(cString: $0) } ?? "" }
}
