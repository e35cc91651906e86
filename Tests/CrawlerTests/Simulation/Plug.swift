import Posts
import Storage
import Synchronization
import Upstreams

/// Cuts a killed process off from sources, stores and ledgers.
final class Plug: Sendable {
    struct Pulled: Error {}

    private let isPulled = Mutex(false)

    func pull() { isPulled.withLock { $0 = true } }

    func check() throws {
        if isPulled.withLock({ $0 }) { throw Pulled() }
    }
}

/// A source that a killed process cannot use.
struct PluggedSource: PostSource {
    let source: SimulatedUpstream
    let plug: Plug

    var name: String { source.name }
    var usage: UsageReport? { source.usage }

    func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage {
        do { try plug.check() } catch { throw .cancelled }
        return try await source.page(of: hashtag, after: cursor)
    }
}

/// A store that a killed process cannot use.
struct PluggedStore: PostStore {
    let store: MemoryPostStore
    let plug: Plug

    func posts(of hashtag: Hashtag) async throws -> [Post] {
        try plug.check()
        return store.posts(of: hashtag)
    }

    func upsert(_ posts: [Post], of hashtag: Hashtag) async throws -> Int {
        try plug.check()
        return store.upsert(posts, of: hashtag)
    }

    func sourceID(of hashtag: Hashtag, source: String) async throws -> String? { nil }
    func setSourceID(_ id: String, of hashtag: Hashtag, source: String) async throws {}

    func revision() async throws -> Int64 {
        try plug.check()
        return store.revision()
    }
}

/// A ledger that a killed process cannot use.
struct PluggedLedger: CrawlLedger {
    let ledger: MemoryCrawlLedger
    let plug: Plug

    func record(of hashtag: Hashtag, source: String) async throws -> CrawlRecord? {
        try plug.check()
        return ledger.record(of: hashtag, source: source)
    }

    func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) async throws {
        try plug.check()
        ledger.setRecord(record, of: hashtag, source: source)
    }

    func searches(source: String, account: String, since: Int64) async throws -> [Hashtag: Int64] { [:] }
    func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) async throws {}

    func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) async throws -> Bool {
        try plug.check()
        return ledger.takeLease(name, holder: holder, for: duration, now: now)
    }

    func dropLease(_ name: String, holder: String) async throws {
        try plug.check()
        ledger.dropLease(name, holder: holder)
    }
}
