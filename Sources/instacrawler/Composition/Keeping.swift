import Crawler
import Logging
import Storage

/// Where posts and the memory of crawls are kept.
struct Keeping: Sendable {
    let posts: any PostStore
    let ledger: any CrawlLedger
    /// How it is doing.
    let health: @Sendable () -> StorageHealth

    /// - Parameter database: the file; nil to keep all in memory.
    init(database: String?, retention: Int, logger: Logger) {
        guard let database else {
            posts = MemoryPostStore(retention: retention)
            ledger = MemoryCrawlLedger()
            health = { .memoryOnly }
            return
        }
        let store = ResilientStore(path: database, retention: retention, logger: logger)
        posts = store
        ledger = store
        health = { store.health }
    }
}
