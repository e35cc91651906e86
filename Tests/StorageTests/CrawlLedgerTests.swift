import Posts
import Storage
import TestSupport
import Testing

/// Behaviour common to all ledgers.
@Suite struct CrawlLedgerTests {
    enum Kind: CaseIterable {
        case memory, sqlite, resilient

        func ledger() throws -> any CrawlLedger {
            switch self {
            case .memory: MemoryCrawlLedger()
            case .sqlite: try SQLiteStore(path: ":memory:")
            case .resilient: ResilientStore(path: ":memory:", logger: .silent)
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `A record belongs to one hashtag and one source`(_ kind: Kind) async throws {
        let ledger = try kind.ledger()
        var record = CrawlRecord(lastAttempt: 1, lastSuccess: 1, nextCrawl: 2, postsPerHour: 0.5)
        try await ledger.setRecord(record, of: .golang, source: "a")
        #expect(try await ledger.record(of: .golang, source: "a") == record)
        #expect(try await ledger.record(of: .golang, source: "b") == nil)
        #expect(try await ledger.record(of: .swift, source: "a") == nil)
        record.lastError = "no route"
        try await ledger.setRecord(record, of: .golang, source: "a")
        #expect(try await ledger.record(of: .golang, source: "a") == record)
    }

    @Test(arguments: Kind.allCases)
    func `Searches count from a time on, and a later one replaces an earlier one`(_ kind: Kind) async throws {
        let ledger = try kind.ledger()
        try await ledger.addSearch(.golang, source: "a", account: "1", at: 10)
        try await ledger.addSearch(.golang, source: "a", account: "1", at: 20)
        try await ledger.addSearch(.swift, source: "a", account: "1", at: 5)
        try await ledger.addSearch(.swift, source: "a", account: "2", at: 50)
        #expect(try await ledger.searches(source: "a", account: "1", since: 0) == [.golang: 20, .swift: 5])
        #expect(try await ledger.searches(source: "a", account: "1", since: 20) == [.golang: 20])
        #expect(try await ledger.searches(source: "b", account: "1", since: 0).isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func `A lease has one holder until it ends or is given back`(_ kind: Kind) async throws {
        let ledger = try kind.ledger()
        func take(_ holder: String, _ now: Int64) async throws -> Bool {
            try await ledger.takeLease("crawler", holder: holder, for: .seconds(30), now: now)
        }
        #expect(try await take("a", 0))
        #expect(try await !take("b", 29))
        #expect(try await take("a", 29), "prolonged")
        #expect(try await !take("b", 58))
        #expect(try await take("b", 59))
        try await ledger.dropLease("crawler", holder: "a")
        #expect(try await !take("a", 60), "only its holder gives it back")
        try await ledger.dropLease("crawler", holder: "b")
        #expect(try await take("a", 60))
        #expect(try await ledger.takeLease("other", holder: "b", for: .seconds(1), now: 60))
    }

    @Test(arguments: Kind.allCases)
    func `A lease from before the clock was set back keeps nobody out`(_ kind: Kind) async throws {
        let ledger = try kind.ledger()
        func take(_ holder: String, _ now: Int64) async throws -> Bool {
            try await ledger.takeLease("crawler", holder: holder, for: .seconds(30), now: now)
        }
        #expect(try await take("a", 100_000))
        #expect(try await !take("b", 99_990), "who asked for the time a little earlier takes nothing")
        #expect(try await take("b", 90_000))
        #expect(try await !take("a", 90_001))
    }
}
