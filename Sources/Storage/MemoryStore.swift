import Posts
import Synchronization

/// Stores posts in memory only, for tests and for running without a database.
package final class MemoryPostStore: PostStore {
    /// How many posts of each hashtag are kept; older ones are deleted.
    package let retention: Int

    private let contents = Mutex(Contents())

    private struct Contents {
        var posts: [Hashtag: [Post.ID: Post]] = [:]
        var sourceIDs: [SourceKey: String] = [:]
        var revision: Int64 = 0
    }

    private struct SourceKey: Hashable {
        var hashtag: Hashtag
        var source: String
    }

    /// - Parameter retention: how many posts of each hashtag to keep; at least 1.
    package init(retention: Int = 1_000) {
        self.retention = max(1, retention)
    }

    /// The hashtags that posts are kept of.
    var hashtags: [Hashtag] { contents.withLock { Array($0.posts.keys) } }

    /// The posts kept for a hashtag, newest first.
    package func posts(of hashtag: Hashtag) -> [Post] {
        contents.withLock { $0.posts[hashtag, default: [:]].values.newestFirst() }
    }

    /// Inserts posts under a hashtag, or updates them.
    ///
    /// If the hashtag is full, posts older than its oldest one are neither kept nor counted.
    @discardableResult
    package func upsert(_ posts: [Post], of hashtag: Hashtag) -> Int {
        contents.withLock { contents in
            let old = contents.posts[hashtag, default: [:]]
            var new = old.merging(posts.map { ($0.id, $0) }) { $1 }
            for post in new.values.newestFirst().dropFirst(retention) { new[post.id] = nil }
            contents.posts[hashtag] = new
            let changed = new.count { $0.value.isNews(comparedTo: old[$0.key]) }
            if changed > 0 { contents.revision += 1 }
            return changed
        }
    }

    /// The id that a source gave a hashtag, if it was stored before.
    package func sourceID(of hashtag: Hashtag, source: String) -> String? {
        contents.withLock { $0.sourceIDs[SourceKey(hashtag: hashtag, source: source)] }
    }

    /// Stores the id that a source gave a hashtag.
    package func setSourceID(_ id: String, of hashtag: Hashtag, source: String) {
        contents.withLock { $0.sourceIDs[SourceKey(hashtag: hashtag, source: source)] = id }
    }

    /// A counter that changes with every write to the posts.
    package func revision() -> Int64 { contents.withLock { $0.revision } }
}

/// Stores the ledger of crawls in memory only, for tests and for running without a database.
package final class MemoryCrawlLedger: CrawlLedger {
    private let contents = Mutex(Contents())

    private struct Contents {
        var records: [CrawlKey: CrawlRecord] = [:]
        var searches: [Account: [Hashtag: Int64]] = [:]
        var leases: [String: Lease] = [:]
    }

    private struct CrawlKey: Hashable {
        var hashtag: Hashtag
        var source: String
    }

    private struct Account: Hashable {
        var source: String
        var name: String
    }

    private struct Lease {
        var holder: String
        var end: Int64
    }

    /// Creates an empty ledger.
    package init() {}

    /// The record of the crawls of a hashtag through a source.
    package func record(of hashtag: Hashtag, source: String) -> CrawlRecord? {
        contents.withLock { $0.records[CrawlKey(hashtag: hashtag, source: source)] }
    }

    /// Stores the record of the crawls of a hashtag through a source.
    package func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) {
        contents.withLock { $0.records[CrawlKey(hashtag: hashtag, source: source)] = record }
    }

    /// The hashtags that were searched for on behalf of an account, with the times of their last searches.
    package func searches(source: String, account: String, since: Int64) -> [Hashtag: Int64] {
        contents.withLock {
            $0.searches[Account(source: source, name: account), default: [:]].filter { $0.value >= since }
        }
    }

    /// Stores that a hashtag was searched for on behalf of an account.
    package func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) {
        contents.withLock { $0.searches[Account(source: source, name: account), default: [:]][hashtag] = time }
    }

    /// Takes a lease, or prolongs it for its holder. A lease that ends more than twice the duration from now dates from
    /// before the clock was set back, and is ignored.
    package func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) -> Bool {
        contents.withLock { contents in
            let seconds = duration.components.seconds
            if let lease = contents.leases[name], lease.holder != holder, lease.end > now,
                lease.end <= now + 2 * seconds
            {
                return false
            }
            contents.leases[name] = Lease(holder: holder, end: now + seconds)
            return true
        }
    }

    /// Releases a lease.
    package func dropLease(_ name: String, holder: String) {
        contents.withLock { contents in
            guard contents.leases[name]?.holder == holder else { return }
            contents.leases[name] = nil
        }
    }
}
