import Posts
import Synchronization

/// How the crawl of one hashtag through one source goes, for `/health` and `/tags`.
///
/// Times are whole seconds since 1970-01-01T00:00:00Z.
package struct CrawlStatus: Sendable, Hashable {
    /// Whose posts are looked for.
    package let hashtag: Hashtag
    /// The name of the source that is asked.
    package let source: String
    /// What it is at.
    package internal(set) var state: CrawlState = .waiting
    /// What is remembered of its crawls.
    var record = CrawlRecord()

    /// When the last crawl began; nil before the first.
    package var lastAttempt: Int64? { record.lastAttempt }
    /// When the last crawl ended well; nil before the first that did.
    package var lastSuccess: Int64? { record.lastSuccess }
    /// How many crawls failed since the last that ended well.
    package var consecutiveFailures: Int { record.consecutiveFailures }
    /// Why the last crawl failed, for a person; nil after one that ended well.
    package var lastError: String? { record.lastError }
    /// Why there is nothing to show although the last crawl succeeded and there were posts; nil when there is.
    package var notice: String? { record.notice }
    /// When the next crawl is to begin; nil while it is not known.
    package var nextCrawl: Int64? { record.nextCrawl }
    /// How many posts an hour there have been lately; nil while that is not known.
    package var postsPerHour: Double? { record.postsPerHour }

    init(hashtag: Hashtag, source: String) {
        self.hashtag = hashtag
        self.source = source
    }
}

/// What the crawl of one hashtag through one source is at.
package enum CrawlState: String, Sendable, Hashable, CaseIterable {
    /// All is well, and the next crawl has its time.
    case waiting
    /// Asking the source right now.
    case crawling
    /// The last crawl failed; the next one comes after a back-off.
    case failing
    /// The last crawl failed in a way that only a person can mend; looked at again now and then.
    case stopped
}

/// Holds how every crawl goes: the crawler writes it, `/health` and `/tags` read it.
///
/// In a process that follows another one, it holds what that one has written into the ledger.
package final class CrawlMonitor: Sendable {
    private struct Content {
        var statuses: [CrawlStatus] = []
        var role = CrawlRole.leader
    }

    private let content = Mutex(Content())

    /// Creates a monitor of nothing; each ``CrawlerService`` that gets it adds its crawls.
    package init() {}

    /// The status of every hashtag and source at this moment, in the operator's order: by
    /// hashtag, and within one by source.
    package func snapshot() -> [CrawlStatus] { content.withLock { $0.statuses } }

    /// The status of one hashtag and source; nil when it is not crawled.
    package func status(of hashtag: Hashtag, source: String) -> CrawlStatus? {
        snapshot().first { $0.hashtag == hashtag && $0.source == source }
    }

    /// Whether this process crawls, and for whom.
    package internal(set) var role: CrawlRole {
        get { content.withLock { $0.role } }
        set { content.withLock { $0.role = newValue } }
    }

    /// Makes room for a hashtag and source, unless there is.
    func register(_ hashtag: Hashtag, source: String) {
        content.withLock { content in
            guard !content.statuses.contains(where: { $0.hashtag == hashtag && $0.source == source }) else { return }
            content.statuses.append(CrawlStatus(hashtag: hashtag, source: source))
        }
    }

    /// Marks the beginning of a crawl.
    ///
    /// - Returns: false when one is going on already; then another must not begin.
    func begin(_ record: CrawlRecord, of hashtag: Hashtag, source: String) -> Bool {
        update(hashtag, source: source) { status in
            guard status.state != .crawling else { return false }
            status.state = .crawling
            status.record = record
            return true
        } ?? false
    }

    /// Shows how the crawls went, as the ledger has it.
    func show(_ record: CrawlRecord, of hashtag: Hashtag, source: String) {
        update(hashtag, source: source) { status in
            status.record = record
            status.state =
                record.consecutiveFailures == 0 ? .waiting : record.hold == .stopped ? .stopped : .failing
        }
    }

    @discardableResult
    private func update<Result>(
        _ hashtag: Hashtag, source: String, _ change: (inout CrawlStatus) -> Result
    ) -> Result? {
        content.withLock { content in
            guard
                let index = content.statuses.firstIndex(where: { $0.hashtag == hashtag && $0.source == source })
            else { return nil }
            return change(&content.statuses[index])
        }
    }
}
