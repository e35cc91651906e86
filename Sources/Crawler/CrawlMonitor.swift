import Posts
import Synchronization

/// Holds the status of every crawl: the crawler writes it; `/health` and `/tags` read it.
///
/// A follower fills it from the records that the leader writes to the ledger.
package final class CrawlMonitor: Sendable {
    private struct Content {
        var statuses: [CrawlStatus] = []
        var role = CrawlRole.leader
    }

    private let content = Mutex(Content())

    /// Creates an empty monitor, to which each ``CrawlerService`` adds its crawls.
    package init() {}

    /// The current status of every hashtag and source, in the operator's order: by hashtag, then by source.
    package func snapshot() -> [CrawlStatus] { content.withLock { $0.statuses } }

    /// The status of one hashtag and source; `nil` if it is not crawled.
    package func status(of hashtag: Hashtag, source: String) -> CrawlStatus? {
        snapshot().first { $0.hashtag == hashtag && $0.source == source }
    }

    /// The role of this process.
    package internal(set) var role: CrawlRole {
        get { content.withLock { $0.role } }
        set { content.withLock { $0.role = newValue } }
    }

    /// Adds a hashtag and source, unless it is there.
    func register(_ hashtag: Hashtag, source: String) {
        content.withLock { content in
            guard !content.statuses.contains(where: { $0.hashtag == hashtag && $0.source == source }) else { return }
            content.statuses.append(CrawlStatus(hashtag: hashtag, source: source))
        }
    }

    /// Marks the beginning of a crawl.
    ///
    /// - Returns: `false` if one is running already; then no other may begin.
    func begin(_ record: CrawlRecord, of hashtag: Hashtag, source: String) -> Bool {
        update(hashtag, source: source) { status in
            guard status.state != .crawling else { return false }
            status.state = .crawling
            status.record = record
            return true
        } ?? false
    }

    /// Takes over a record, and derives the state from it.
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
