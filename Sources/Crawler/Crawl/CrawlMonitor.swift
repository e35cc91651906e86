import Synchronization

/// Holds how every crawl goes: the crawler writes it, `/health` and `/tags` read it.
public final class CrawlMonitor: Sendable {
    private let statuses = Mutex<[CrawlStatus]>([])

    /// Creates a monitor of nothing; each ``CrawlerService`` that gets it adds its crawls.
    public init() {}

    /// The status of every hashtag and source at this moment, in the operator's order: by
    /// hashtag, and within one by source.
    public func snapshot() -> [CrawlStatus] { statuses.withLock { $0 } }

    /// The status of one hashtag and source; nil when it is not crawled.
    public func status(of hashtag: Hashtag, source: String) -> CrawlStatus? {
        snapshot().first { $0.hashtag == hashtag && $0.source == source }
    }

    /// Makes room for a hashtag and source, unless there is.
    func register(_ hashtag: Hashtag, source: String) {
        statuses.withLock { statuses in
            guard !statuses.contains(where: { $0.hashtag == hashtag && $0.source == source }) else { return }
            statuses.append(CrawlStatus(hashtag: hashtag, source: source))
        }
    }

    /// Marks the beginning of a crawl.
    ///
    /// - Returns: false when one is going on already; then another must not begin.
    func begin(_ hashtag: Hashtag, source: String, at now: Int64) -> Bool {
        update(hashtag, source: source) { status in
            guard status.state != .crawling else { return false }
            status.state = .crawling
            status.lastAttempt = now
            status.nextCrawl = nil
            return true
        } ?? false
    }

    /// Marks the end of a crawl.
    func end(_ outcome: CrawlOutcome, at now: Int64) {
        update(outcome.hashtag, source: outcome.source) { status in
            guard let failure = outcome.failure else {
                status.state = .waiting
                status.lastSuccess = now
                status.consecutiveFailures = 0
                status.lastError = nil
                return
            }
            if case .stop = failure.remedy { status.state = .stopped } else { status.state = .failing }
            status.consecutiveFailures += 1
            status.lastError = failure.description
        }
    }

    /// Notes when the next crawl is to begin.
    func schedule(_ hashtag: Hashtag, source: String, at time: Int64) {
        update(hashtag, source: source) { $0.nextCrawl = time }
    }

    @discardableResult
    private func update<Result>(
        _ hashtag: Hashtag, source: String, _ change: (inout CrawlStatus) -> Result
    ) -> Result? {
        statuses.withLock { statuses in
            guard let index = statuses.firstIndex(where: { $0.hashtag == hashtag && $0.source == source }) else {
                return nil
            }
            return change(&statuses[index])
        }
    }
}
