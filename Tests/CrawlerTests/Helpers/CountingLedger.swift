import Posts
import Storage
import Synchronization

/// A ledger that counts the writes of records.
final class CountingLedger: CrawlLedger {
    let ledger = MemoryCrawlLedger()
    private let counted = Mutex(0)

    var writes: Int { counted.withLock { $0 } }

    func record(of hashtag: Hashtag, source: String) -> CrawlRecord? { ledger.record(of: hashtag, source: source) }

    func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) {
        counted.withLock { $0 += 1 }
        ledger.setRecord(record, of: hashtag, source: source)
    }

    func searches(source: String, account: String, since: Int64) -> [Hashtag: Int64] {
        ledger.searches(source: source, account: account, since: since)
    }

    func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) {
        ledger.addSearch(hashtag, source: source, account: account, at: time)
    }

    func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) -> Bool {
        ledger.takeLease(name, holder: holder, for: duration, now: now)
    }

    func dropLease(_ name: String, holder: String) { ledger.dropLease(name, holder: holder) }
}
