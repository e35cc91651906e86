import Logging
import Posts

/// Reads and writes the record of one hashtag and source in the ledger.
///
/// A failing ledger delays no crawl; only the next start lacks the record.
struct CrawlJournal: Sendable {
    let ledger: (any CrawlLedger)?
    let hashtag: Hashtag
    let source: String
    let logger: Logger

    /// The stored record; `nil` if there is none, or it cannot be read.
    func load() async -> CrawlRecord? {
        guard let ledger else { return nil }
        do {
            return try await ledger.record(of: hashtag, source: source)
        } catch {
            logger.debug("the record of the crawls cannot be read: \(error)")
            return nil
        }
    }

    /// - Returns: whether the record was written.
    func save(_ record: CrawlRecord) async -> Bool {
        guard let ledger else { return false }
        do {
            try await ledger.setRecord(record, of: hashtag, source: source)
            return true
        } catch {
            logger.debug("the record of the crawls cannot be written: \(error)")
            return false
        }
    }
}

extension CrawlRecord {
    /// The time in seconds after which newer crawls make up half of the rate of posts.
    private static let memory = 3_600.0

    /// Records a successful crawl.
    ///
    /// - Parameters:
    ///   - new: how many posts were new since the last successful crawl.
    ///   - posts: all posts on its pages.
    ///   - defects: the defects of the items that were left out.
    ///   - now: the time, in seconds since 1970.
    mutating func succeed(new: Int, posts: [Post], defects: [PostDefect: Int] = [:], at now: Int64) {
        if posts.isEmpty {
            // An empty list says little about the rate: the service may have failed to send it.
            postsPerHour = nil
        } else if let lastSuccess {
            let elapsed = Double(max(1, now - lastSuccess))
            let rate = Double(new) * 3_600 / elapsed
            // A mean weighted by time: older crawls count less.
            let weight = elapsed / (elapsed + Self.memory)
            postsPerHour = postsPerHour.map { $0 + weight * (rate - $0) } ?? rate
        } else if let oldest = posts.map(\.publishedAt).min() {
            postsPerHour = Double(posts.count) * 3_600 / Double(max(3_600, now - oldest))
        }
        lastSuccess = now
        consecutiveFailures = 0
        lastError = nil
        refusals = nil
        refusedSince = nil
        notice = posts.isEmpty && !defects.isEmpty ? "all posts were left out: \(defects.inWords)" : nil
        hold = nil
    }

    /// The refusals in a row, and the seconds over which they must occur, before crawls stop: services refuse valid
    /// requests now and then.
    private static let verdict = (refusals: 3, seconds: Int64(600))

    /// Records a failed crawl at a time, in seconds since 1970.
    mutating func fail(_ failure: CrawlFailure, at now: Int64) {
        consecutiveFailures += 1
        lastError = failure.description
        nextCrawl = nil
        switch failure.remedy {
        case .backOff:
            hold = nil
        case .wait:
            hold = .service
        case .stop:
            refusals = (refusals ?? 0) + 1
            let since = min(refusedSince ?? now, now)
            refusedSince = since
            let isVerdict = (refusals ?? 0) >= Self.verdict.refusals && now - since >= Self.verdict.seconds
            hold = isVerdict || failure == .source(.hashtagQuotaExhausted) ? .stopped : nil
        }
    }
}
