import Crawler

extension ResilientStore: CrawlLedger {
    /// What is remembered of the crawls of a hashtag through a source.
    public func record(of hashtag: Hashtag, source: String) async -> CrawlRecord? {
        await attempt { try await $0.record(of: hashtag, source: source) }
            ?? memoryLedger.record(of: hashtag, source: source)
    }

    /// Remembers how the crawls of a hashtag through a source go.
    public func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) async {
        memoryLedger.setRecord(record, of: hashtag, source: source)
        await ensure("record \(hashtag) \(source)") { try await $0.setRecord(record, of: hashtag, source: source) }
    }

    /// The hashtags that were searched for on behalf of an account, with the times of their last searches. What either
    /// the database or this process knows counts.
    public func searches(source: String, account: String, since: Int64) async -> [Hashtag: Int64] {
        let here = memoryLedger.searches(source: source, account: account, since: since)
        let there = await attempt { try await $0.searches(source: source, account: account, since: since) }
        return here.merging(there ?? [:], uniquingKeysWith: max)
    }

    /// Remembers that a hashtag was searched for on behalf of an account.
    public func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) async {
        memoryLedger.addSearch(hashtag, source: source, account: account, at: time)
        await ensure("search \(hashtag) \(source) \(account)") {
            try await $0.addSearch(hashtag, source: source, account: account, at: time)
        }
    }

    /// Takes a lease, or prolongs it for the one who holds it.
    ///
    /// - Throws: ``StorageUnavailable`` while the database does not work: who else would have it is not known then.
    public func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) async throws -> Bool {
        let taken = await attempt { try await $0.takeLease(name, holder: holder, for: duration, now: now) }
        guard let taken else { throw StorageUnavailable() }
        return taken
    }

    /// Gives a lease back.
    public func dropLease(_ name: String, holder: String) async {
        _ = await attempt { try await $0.dropLease(name, holder: holder) }
    }
}
