import Posts
import Synchronization

/// Keeps posts in memory only, for tests and for running without a database.
package final class MemoryPostStore: PostStore {
    /// How many posts are kept of each hashtag: the newest.
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

    /// - Parameter retention: how many posts to keep of each hashtag; at least 1.
    package init(retention: Int = 1_000) {
        self.retention = max(1, retention)
    }

    /// The hashtags that posts are kept of.
    var hashtags: [Hashtag] { contents.withLock { Array($0.posts.keys) } }

    /// The posts kept for a hashtag, newest first.
    package func posts(of hashtag: Hashtag) -> [Post] {
        contents.withLock { $0.posts[hashtag, default: [:]].values.sorted(by: Post.newestFirst) }
    }

    /// Inserts posts under a hashtag, or updates those that are there.
    ///
    /// Posts that are older than the oldest kept one when the hashtag is full do not count: they
    /// are not kept.
    @discardableResult
    package func upsert(_ posts: [Post], of hashtag: Hashtag) -> Int {
        contents.withLock { contents in
            let old = contents.posts[hashtag, default: [:]]
            var new = old.merging(posts.map { ($0.id, $0) }) { $1 }
            for post in new.values.sorted(by: Post.newestFirst).dropFirst(retention) { new[post.id] = nil }
            contents.posts[hashtag] = new
            let changed = new.count { old[$0.key] != $0.value }
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

    /// A number that is another one after every change of the posts.
    package func revision() -> Int64 { contents.withLock { $0.revision } }
}

/// Keeps the memory of crawls in the process only, for tests and for running without a database.
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

    /// Creates a ledger that remembers nothing.
    package init() {}

    /// What is remembered of the crawls of a hashtag through a source.
    package func record(of hashtag: Hashtag, source: String) -> CrawlRecord? {
        contents.withLock { $0.records[CrawlKey(hashtag: hashtag, source: source)] }
    }

    /// Remembers how the crawls of a hashtag through a source go.
    package func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) {
        contents.withLock { $0.records[CrawlKey(hashtag: hashtag, source: source)] = record }
    }

    /// The hashtags that were searched for on behalf of an account, with the times of their last searches.
    package func searches(source: String, account: String, since: Int64) -> [Hashtag: Int64] {
        contents.withLock {
            $0.searches[Account(source: source, name: account), default: [:]].filter { $0.value >= since }
        }
    }

    /// Remembers that a hashtag was searched for on behalf of an account.
    package func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) {
        contents.withLock { $0.searches[Account(source: source, name: account), default: [:]][hashtag] = time }
    }

    /// Takes a lease, or prolongs it for the one who holds it. One that ends later than twice the duration from now is
    /// from before the clock was set back, and counts for nothing.
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

    /// Gives a lease back.
    package func dropLease(_ name: String, holder: String) {
        contents.withLock { contents in
            guard contents.leases[name]?.holder == holder else { return }
            contents.leases[name] = nil
        }
    }
}
