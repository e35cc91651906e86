import Logging

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
