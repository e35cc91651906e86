import Logging
import Posts
import Synchronization

/// Keeps posts in a database while that works, and in memory while it does not.
///
/// Trouble with the disk reaches neither the crawler nor a reader: it gives one line in the log, it is in
/// ``health``, and what was missed meanwhile is written once the database works again. A damaged file is moved aside,
/// what can be read of it is carried over, and a new one is begun. Of several processes on one file, one does that, and
/// the others go on with the new one.
package actor ResilientStore {
    /// How long a database that failed is left alone, in seconds.
    private static let pause: Int64 = 10

    let memory: MemoryPostStore
    let memoryLedger = MemoryCrawlLedger()
    private let path: String
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let status = Mutex(StorageHealth.ok)
    private let executor = DatabaseExecutor()
    private var store: SQLiteStore?
    /// Whether the database is being opened, or begun anew; then there is no store.
    private var isOpening = false
    private var retryAt: Int64 = .min
    /// What the database does not know yet. Bounded: one for each kind of thing, hashtag and source.
    private var missed: [String: @Sendable (SQLiteStore) async throws -> Void] = [:]

    /// Opens nothing yet: the first use does.
    ///
    /// - Parameters:
    ///   - path: of the database's file.
    ///   - retention: how many posts to keep of each hashtag; at least 1.
    ///   - now: the time, in whole seconds since 1970.
    package init(
        path: String, retention: Int = 1_000, logger: Logger, now: @escaping @Sendable () -> Int64 = Epoch.now
    ) {
        self.path = path
        self.logger = logger
        self.now = now
        memory = MemoryPostStore(retention: retention)
    }

    /// How it is doing.
    package nonisolated var health: StorageHealth { status.withLock { $0 } }

    /// Does something with the database.
    ///
    /// - Returns: nil when that is not possible now.
    func attempt<Result: Sendable>(
        _ body: @Sendable (SQLiteStore) async throws -> Result
    ) async -> Result? {
        // Once more, should a new database be in the place of a damaged one by then.
        for _ in 0..<2 {
            guard let store = await usableStore() else { return nil }
            do {
                return try await body(store)
            } catch {
                await failed(error, of: store)
            }
        }
        return nil
    }

    /// Does something with the database, now or once it works again.
    ///
    /// - Parameter key: names it; a later one of the same name takes its place.
    func ensure(_ key: String, _ body: @escaping @Sendable (SQLiteStore) async throws -> Void) async {
        missed[key] = nil
        if await attempt(body) == nil { miss(key, body) }
    }

    /// Notes what the database does not know.
    func miss(_ key: String, _ body: @escaping @Sendable (SQLiteStore) async throws -> Void) {
        missed[key] = body
    }

    private func usableStore() async -> SQLiteStore? {
        if let store, store.file != nil, store.file != DatabaseFile.Identity(path) {
            // Another process has begun anew, or somebody has put another file there.
            logger.warning("another file is in the database's place, and is used", metadata: ["database": "\(path)"])
            self.store = nil
            retryAt = .min
            missAll()
        }
        if store == nil, !isOpening, isTimeToRetry { await open() }
        return store
    }

    /// Also when the clock was set back.
    private var isTimeToRetry: Bool {
        let time = now()
        return time >= retryAt || time < retryAt - Self.pause
    }

    private func open() async {
        isOpening = true
        defer { isOpening = false }
        let file = DatabaseFile.Identity(path)
        do {
            try await begin()
        } catch {
            await recover(from: error, of: file)
        }
    }

    /// Opens the database and writes what it does not know.
    private func begin() async throws {
        let opened = try await executor.run { [path, executor, memory] () throws(SQLiteError) in
            try SQLiteStore(path: path, retention: memory.retention, executor: executor)
        }
        while let (key, write) = missed.popFirst() {
            do {
                try await write(opened)
            } catch {
                // A later one of its name may have come meanwhile.
                if missed[key] == nil { missed[key] = write }
                throw error
            }
        }
        store = opened
        let wasFailing = status.withLock { status in
            defer { status = .ok }
            return status != .ok
        }
        if wasFailing { logger.info("the database works again", metadata: ["database": "\(path)"]) }
    }

    private func failed(_ error: any Error, of store: SQLiteStore) async {
        // Others may have failed with it before, and another may be in its place.
        guard store === self.store else { return }
        self.store = nil
        isOpening = true
        defer { isOpening = false }
        await recover(from: error, of: store.file)
    }

    /// Leaves the database alone for a while or, when it is damaged, begins a new one.
    ///
    /// - Parameter file: the one that failed.
    private func recover(from error: any Error, of file: DatabaseFile.Identity?) async {
        tell(of: error)
        guard let file, let error = error as? SQLiteError, error.isDamage else { return }
        do {
            try await beginAnew(insteadOf: file)
        } catch {
            tell(of: error)
        }
    }

    private func tell(of error: any Error) {
        retryAt = now() + Self.pause
        let reason = error as? SQLiteError ?? SQLiteError(code: 0, message: "\(error)")
        let isNew = status.withLock { status in
            defer { status = .failing("posts are kept in memory only, because \(reason); \(reason.advice)") }
            return status == .ok
        }
        if isNew {
            logger.error(
                "the database cannot be used, and posts are kept in memory: \(reason); \(reason.advice)",
                metadata: ["database": "\(path)"])
        }
    }

    private func beginAnew(insteadOf file: DatabaseFile.Identity) async throws {
        let (time, executor) = (now(), executor)
        let aside = try await executor.run { [path] () throws(SQLiteError) in
            try DatabaseFile.moveAside(path, file, at: time)
        }
        if let aside {
            let damaged = try? await executor.run { () throws(SQLiteError) in
                try SQLiteStore(salvaging: aside, executor: executor)
            }
            let saved = await damaged?.salvage() ?? [:]
            for (hashtag, posts) in saved { memory.upsert(posts, of: hashtag) }
            logger.warning(
                "the damaged database was moved aside",
                metadata: ["to": "\(aside)", "saved": "\(saved.values.reduce(0) { $0 + $1.count })"])
        }
        missAll()
        try await begin()
    }

    /// Has all that is in memory written into the next database.
    private func missAll() {
        for hashtag in memory.hashtags { miss("posts \(hashtag)", writing(hashtag)) }
    }

    /// Writes all posts of a hashtag that are in memory.
    func writing(_ hashtag: Hashtag) -> @Sendable (SQLiteStore) async throws -> Void {
        { [memory] store in try await store.upsert(memory.posts(of: hashtag), of: hashtag) }
    }
}

extension ResilientStore: PostStore {
    /// The posts kept for a hashtag, newest first.
    package func posts(of hashtag: Hashtag) async -> [Post] {
        guard let posts = await attempt({ try await $0.posts(of: hashtag) }) else { return memory.posts(of: hashtag) }
        // Should the database fail later, this much is still there.
        memory.upsert(posts, of: hashtag)
        return posts
    }

    /// Inserts posts under a hashtag, or updates those that are there.
    @discardableResult
    package func upsert(_ posts: [Post], of hashtag: Hashtag) async -> Int {
        let changed = memory.upsert(posts, of: hashtag)
        let key = "posts \(hashtag)"
        guard let written = await attempt({ try await $0.upsert(posts, of: hashtag) }) else {
            miss(key, writing(hashtag))
            return changed
        }
        // The database may have got them from memory a moment ago, when it began to work again.
        return max(written, changed)
    }

    /// The id that a source gave a hashtag, if it was stored before.
    package func sourceID(of hashtag: Hashtag, source: String) async -> String? {
        if let known = memory.sourceID(of: hashtag, source: source) { return known }
        return await attempt { try await $0.sourceID(of: hashtag, source: source) } ?? nil
    }

    /// Stores the id that a source gave a hashtag.
    package func setSourceID(_ id: String, of hashtag: Hashtag, source: String) async {
        memory.setSourceID(id, of: hashtag, source: source)
        await ensure("id \(hashtag) \(source)") { try await $0.setSourceID(id, of: hashtag, source: source) }
    }

    /// A number that is another one after every change of the posts. While the database does not work it is negative,
    /// so that it is none of the database's.
    package func revision() async -> Int64 {
        await attempt { try await $0.revision() } ?? -1 - memory.revision()
    }
}

extension ResilientStore: CrawlLedger {
    /// What is remembered of the crawls of a hashtag through a source.
    package func record(of hashtag: Hashtag, source: String) async -> CrawlRecord? {
        await attempt { try await $0.record(of: hashtag, source: source) }
            ?? memoryLedger.record(of: hashtag, source: source)
    }

    /// Remembers how the crawls of a hashtag through a source go.
    package func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) async {
        memoryLedger.setRecord(record, of: hashtag, source: source)
        await ensure("record \(hashtag) \(source)") { try await $0.setRecord(record, of: hashtag, source: source) }
    }

    /// The hashtags that were searched for on behalf of an account, with the times of their last searches. What either
    /// the database or this process knows counts.
    package func searches(source: String, account: String, since: Int64) async -> [Hashtag: Int64] {
        let here = memoryLedger.searches(source: source, account: account, since: since)
        let there = await attempt { try await $0.searches(source: source, account: account, since: since) }
        return here.merging(there ?? [:], uniquingKeysWith: max)
    }

    /// Remembers that a hashtag was searched for on behalf of an account.
    package func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) async {
        memoryLedger.addSearch(hashtag, source: source, account: account, at: time)
        await ensure("search \(hashtag) \(source) \(account)") {
            try await $0.addSearch(hashtag, source: source, account: account, at: time)
        }
    }

    /// Takes a lease, or prolongs it for the one who holds it.
    ///
    /// - Throws: ``StorageUnavailable`` while the database does not work: who else would have it is not known then.
    package func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) async throws -> Bool {
        let taken = await attempt { try await $0.takeLease(name, holder: holder, for: duration, now: now) }
        guard let taken else { throw StorageUnavailable() }
        return taken
    }

    /// Gives a lease back.
    package func dropLease(_ name: String, holder: String) async {
        _ = await attempt { try await $0.dropLease(name, holder: holder) }
    }
}

/// The database cannot be used for now. Why is in the log, and in ``ResilientStore/health``.
package struct StorageUnavailable: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, for a person.
    package var description: String { "the database cannot be used" }
}
