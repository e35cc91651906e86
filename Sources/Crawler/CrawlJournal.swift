import Logging
import Posts

/// The record of the crawls of one hashtag through one source, in the ledger.
///
/// A ledger that fails costs the next start what it would have known, and no crawl.
struct CrawlJournal: Sendable {
    let ledger: (any CrawlLedger)?
    let hashtag: Hashtag
    let source: String
    let logger: Logger

    /// What is remembered; nil when there is nothing, or when it cannot be read.
    func load() async -> CrawlRecord? {
        guard let ledger else { return nil }
        do {
            return try await ledger.record(of: hashtag, source: source)
        } catch {
            logger.debug("the record of the crawls cannot be read: \(error)")
            return nil
        }
    }

    /// - Returns: whether it is remembered now.
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
    /// For how long, in seconds, a rate of posts counts before newer crawls have taken half of its place.
    private static let memory = 3_600.0

    /// Notes a crawl that ended well.
    ///
    /// - Parameters:
    ///   - new: how many posts were new since the last crawl that ended well.
    ///   - posts: all that were on its pages.
    ///   - defects: what was wrong with the items that were left out.
    ///   - now: the time, in seconds since 1970.
    mutating func succeed(new: Int, posts: [Post], defects: [PostDefect: Int] = [:], at now: Int64) {
        if posts.isEmpty {
            // A list without posts says little: it may be a list that did not come.
            postsPerHour = nil
        } else if let lastSuccess {
            let elapsed = Double(max(1, now - lastSuccess))
            let rate = Double(new) * 3_600 / elapsed
            // A mean that is weighted by time: the longer ago, the less it counts.
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

    /// So many refusals in a row, over so many seconds, are a verdict: services refuse what is right once in a while.
    private static let verdict = (refusals: 3, seconds: Int64(600))

    /// Notes a crawl that failed at a time, in seconds since 1970.
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
