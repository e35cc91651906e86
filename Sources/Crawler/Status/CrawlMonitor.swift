import Synchronization

/// Holds how every crawl goes: the crawler writes it, `/health` and `/tags` read it.
///
/// In a process that follows another one, it holds what that one has written into the ledger.
public final class CrawlMonitor: Sendable {
    private struct Content {
        var statuses: [CrawlStatus] = []
        var role = CrawlRole.leader
    }

    private let content = Mutex(Content())

    /// Creates a monitor of nothing; each ``CrawlerService`` that gets it adds its crawls.
    public init() {}

    /// The status of every hashtag and source at this moment, in the operator's order: by
    /// hashtag, and within one by source.
    public func snapshot() -> [CrawlStatus] { content.withLock { $0.statuses } }

    /// The status of one hashtag and source; nil when it is not crawled.
    public func status(of hashtag: Hashtag, source: String) -> CrawlStatus? {
        snapshot().first { $0.hashtag == hashtag && $0.source == source }
    }

    /// Whether this process crawls, and for whom.
    public internal(set) var role: CrawlRole {
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
