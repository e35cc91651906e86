import Posts
import Storage
import Synchronization

/// A ledger that a test can break.
final class FailingLedger: CrawlLedger {
    struct Broken: Error, CustomStringConvertible {
        var description: String { "the database is locked" }
    }

    let ledger: MemoryCrawlLedger
    private let isBroken = Mutex(false)

    init(_ ledger: MemoryCrawlLedger = MemoryCrawlLedger()) {
        self.ledger = ledger
    }

    func breakDown(_ isBroken: Bool = true) { self.isBroken.withLock { $0 = isBroken } }

    private func check() throws {
        if isBroken.withLock({ $0 }) { throw Broken() }
    }

    func record(of hashtag: Hashtag, source: String) async throws -> CrawlRecord? {
        try check()
        return ledger.record(of: hashtag, source: source)
    }

    func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) async throws {
        try check()
        ledger.setRecord(record, of: hashtag, source: source)
    }

    func searches(source: String, account: String, since: Int64) async throws -> [Hashtag: Int64] {
        try check()
        return ledger.searches(source: source, account: account, since: since)
    }

    func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) async throws {
        try check()
        ledger.addSearch(hashtag, source: source, account: account, at: time)
    }

    func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) async throws -> Bool {
        try check()
        return ledger.takeLease(name, holder: holder, for: duration, now: now)
    }

    func dropLease(_ name: String, holder: String) async throws {
        try check()
        ledger.dropLease(name, holder: holder)
    }
}
