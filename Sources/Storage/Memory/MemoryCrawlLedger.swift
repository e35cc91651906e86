import Crawler
import Synchronization

/// Keeps the memory of crawls in the process only, for tests and for running without a database.
public final class MemoryCrawlLedger: CrawlLedger {
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
    public init() {}

    /// What is remembered of the crawls of a hashtag through a source.
    public func record(of hashtag: Hashtag, source: String) -> CrawlRecord? {
        contents.withLock { $0.records[CrawlKey(hashtag: hashtag, source: source)] }
    }

    /// Remembers how the crawls of a hashtag through a source go.
    public func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) {
        contents.withLock { $0.records[CrawlKey(hashtag: hashtag, source: source)] = record }
    }

    /// The hashtags that were searched for on behalf of an account, with the times of their last searches.
    public func searches(source: String, account: String, since: Int64) -> [Hashtag: Int64] {
        contents.withLock {
            $0.searches[Account(source: source, name: account), default: [:]].filter { $0.value >= since }
        }
    }

    /// Remembers that a hashtag was searched for on behalf of an account.
    public func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) {
        contents.withLock { $0.searches[Account(source: source, name: account), default: [:]][hashtag] = time }
    }

    /// Takes a lease, or prolongs it for the one who holds it. One that ends later than twice the duration from now is
    /// from before the clock was set back, and counts for nothing.
    public func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) -> Bool {
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
    public func dropLease(_ name: String, holder: String) {
        contents.withLock { contents in
            guard contents.leases[name]?.holder == holder else { return }
            contents.leases[name] = nil
        }
    }
}
