import Logging
import Posts
import Synchronization

/// Stores posts in a database, and in memory while the database fails.
///
/// A failure affects neither crawls nor requests: it is logged once and shown in ``health``, and missed writes follow
/// once the database works again. A damaged file is moved aside, and its readable posts are copied into a new one. Of
/// several processes on one file, one does this, and the others continue with the new file.
package actor ResilientStore {
    /// The pause before a failed database is opened again, in seconds.
    private static let pause: Int64 = 10

    let memory: MemoryPostStore
    let memoryLedger = MemoryCrawlLedger()
    private let path: String
    private let patience: Duration
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let status = Mutex(StorageHealth.ok)
    private let executor = DatabaseExecutor()
    private var store: SQLiteStore?
    /// Whether the database is being opened or replaced; then there is no store.
    private var isOpening = false
    private var retryAt: Int64 = .min
    /// The missed writes. Bounded: one for each kind, hashtag and source.
    private var missed: [String: @Sendable (SQLiteStore) async throws -> Void] = [:]

    /// Creates a store that opens the database on first use.
    ///
    /// - Parameters:
    ///   - path: of the database's file.
    ///   - retention: how many posts to keep of each hashtag; at least 1.
    ///   - patience: the longest wait for other processes that hold the database while it is opened.
    ///   - now: the time, in whole seconds since 1970.
    package init(
        path: String, retention: Int = 1_000, patience: Duration = .seconds(5), logger: Logger,
        now: @escaping @Sendable () -> Int64 = Epoch.now
    ) {
        self.path = path
        self.patience = patience
        self.logger = logger
        self.now = now
        memory = MemoryPostStore(retention: retention)
    }

    /// The state of the database.
    package nonisolated var health: StorageHealth { status.withLock { $0 } }

    /// Runs an operation on the database.
    ///
    /// - Returns: `nil` if the database cannot be used now.
    func attempt<Result: Sendable>(
        _ body: @Sendable (SQLiteStore) async throws -> Result
    ) async -> Result? {
        // Try again, in case a damaged database was replaced by a new one.
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

    /// Runs a write on the database, now or once it works again.
    ///
    /// - Parameter key: identifies the write; a later one with the same key replaces it.
    func ensure(_ key: String, _ body: @escaping @Sendable (SQLiteStore) async throws -> Void) async {
        missed[key] = nil
        if await attempt(body) == nil { miss(key, body) }
    }

    /// Remembers a missed write.
    func miss(_ key: String, _ body: @escaping @Sendable (SQLiteStore) async throws -> Void) {
        missed[key] = body
    }

    private func usableStore() async -> SQLiteStore? {
        if let store, store.file != nil, store.file != DatabaseFile.Identity(path) {
            // Another process has replaced the database, or a person has.
            logger.warning("another file is in the database's place, and is used", metadata: ["database": "\(path)"])
            self.store = nil
            retryAt = .min
            missAll()
        }
        if store == nil, !isOpening, isTimeToRetry { await open() }
        return store
    }

    /// Also true if the clock was set back.
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

    /// Opens the database, and runs the missed writes.
    private func begin() async throws {
        let opened = try await executor.run { [path, patience, executor, memory] () throws(SQLiteError) in
            try SQLiteStore(path: path, retention: memory.retention, executor: executor, patience: patience)
        }
        while let (key, write) = missed.popFirst() {
            do {
                try await write(opened)
            } catch {
                // A later write with this key may have come in between.
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
        // Another operation may have failed before, and the store may have been replaced.
        guard store === self.store else { return }
        self.store = nil
        isOpening = true
        defer { isOpening = false }
        await recover(from: error, of: store.file)
    }

    /// Pauses the use of the database, or replaces it if it is damaged.
    ///
    /// - Parameter file: the file that failed.
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

    /// Schedules writing all posts in memory into the next database.
    private func missAll() {
        for hashtag in memory.hashtags { miss("posts \(hashtag)", writing(hashtag)) }
    }

    /// A write of all posts of a hashtag that are in memory.
    func writing(_ hashtag: Hashtag) -> @Sendable (SQLiteStore) async throws -> Void {
        { [memory] store in try await store.upsert(memory.posts(of: hashtag), of: hashtag) }
    }
}

extension ResilientStore: PostStore {
    /// The posts kept for a hashtag, newest first.
    package func posts(of hashtag: Hashtag) async -> [Post] {
        guard let posts = await attempt({ try await $0.posts(of: hashtag) }) else { return memory.posts(of: hashtag) }
        // Keep a copy, in case the database fails later.
        memory.upsert(posts, of: hashtag)
        return posts
    }

    /// Inserts posts under a hashtag, or updates them.
    @discardableResult
    package func upsert(_ posts: [Post], of hashtag: Hashtag) async -> Int {
        let changed = memory.upsert(posts, of: hashtag)
        let key = "posts \(hashtag)"
        guard let written = await attempt({ try await $0.upsert(posts, of: hashtag) }) else {
            miss(key, writing(hashtag))
            return changed
        }
        // The posts may just have been written from memory, as the database began to work again.
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

    /// A counter that changes with every write to the posts. Negative while the database fails, to differ from the
    /// database's.
    package func revision() async -> Int64 {
        await attempt { try await $0.revision() } ?? -1 - memory.revision()
    }
}

extension ResilientStore: CrawlLedger {
    /// The record of the crawls of a hashtag through a source.
    package func record(of hashtag: Hashtag, source: String) async -> CrawlRecord? {
        await attempt { try await $0.record(of: hashtag, source: source) }
            ?? memoryLedger.record(of: hashtag, source: source)
    }

    /// Stores the record of the crawls of a hashtag through a source.
    package func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) async {
        memoryLedger.setRecord(record, of: hashtag, source: source)
        await ensure("record \(hashtag) \(source)") { try await $0.setRecord(record, of: hashtag, source: source) }
    }

    /// The hashtags that were searched for on behalf of an account, with the times of their last searches, from the
    /// database and from this process.
    package func searches(source: String, account: String, since: Int64) async -> [Hashtag: Int64] {
        let here = memoryLedger.searches(source: source, account: account, since: since)
        let there = await attempt { try await $0.searches(source: source, account: account, since: since) }
        return here.merging(there ?? [:], uniquingKeysWith: max)
    }

    /// Stores that a hashtag was searched for on behalf of an account.
    package func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) async {
        memoryLedger.addSearch(hashtag, source: source, account: account, at: time)
        await ensure("search \(hashtag) \(source) \(account)") {
            try await $0.addSearch(hashtag, source: source, account: account, at: time)
        }
    }

    /// Takes a lease, or prolongs it for its holder.
    ///
    /// - Throws: ``StorageUnavailable`` while the database fails, since the holder is unknown.
    package func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) async throws -> Bool {
        let taken = await attempt { try await $0.takeLease(name, holder: holder, for: duration, now: now) }
        guard let taken else { throw StorageUnavailable() }
        return taken
    }

    /// Releases a lease.
    package func dropLease(_ name: String, holder: String) async {
        _ = await attempt { try await $0.dropLease(name, holder: holder) }
    }
}

/// The database cannot be used now. The log and ``ResilientStore/health`` have the reason.
package struct StorageUnavailable: Error, Sendable, Equatable, CustomStringConvertible {
    /// The error, for a person.
    package var description: String { "the database cannot be used" }
}
