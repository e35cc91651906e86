import Posts
import Storage
import Testing
import Upstreams

@Suite struct CrawlRestartTests {
    private let store = MemoryPostStore()
    private let ledger = MemoryCrawlLedger()
    private let clock = ManualClock()

    private func crawler(_ source: ScriptedSource, random: Double = 0.5) -> TestCrawler {
        TestCrawler([.golang], [source], random: random, store: store, ledger: ledger, clock: clock)
    }

    /// Crawls until two tasks sleep: one for the next crawl, one for the lease.
    private func runOnce(_ source: ScriptedSource) async throws {
        let crawler = crawler(source)
        try await crawler.run { await clock.sleepers(2) }
    }

    @Test func `A start shows what is stored at once, and crawls only when that is due`() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        try await runOnce(source)
        #expect(source.requests.count == 1)
        clock.advance(by: .seconds(100))
        let crawler = crawler(source)
        try await crawler.run {
            await clock.sleepers(2)
            #expect(crawler.box.current[.golang].count == 3)
            #expect(crawler.service.monitor.snapshot().first?.nextCrawl == 5_300)
            #expect(source.requests.count == 1)
            clock.advance(by: .seconds(200))
            await source.asked(2)
        }
    }

    @Test func `A wait that a service asked for is kept, also when the process does not live so long`() async throws {
        let source = ScriptedSource { _, _ in .failure(.rateLimited(retryAfter: .seconds(3_600))) }
        try await runOnce(source)
        clock.advance(by: .seconds(1_000))
        try await runOnce(source)
        #expect(source.requests.count == 1)
        #expect(ledger.record(of: .golang, source: "instagram")?.consecutiveFailures == 1)
        let crawler = crawler(source)
        #expect(await crawler.service.crawlOnce(onlyDue: true).isEmpty)
        #expect(source.requests.count == 1)
        clock.advance(by: .seconds(2_800))
        #expect(await crawler.service.crawlOnce(onlyDue: true).count == 1)
    }

    @Test func `What only a person can mend is tried again by a start`() async throws {
        let source = ScriptedSource { _, _ in .failure(.tokenInvalid("expired")) }
        try await runOnce(source)
        source.reply(posts(1...3))
        try await runOnce(source)
        #expect(source.requests.count == 2)
        #expect(ledger.record(of: .golang, source: "instagram")?.lastError == nil)
    }

    @Test func `A crawl that broke off between two pages goes on after a start`() async throws {
        // Younger than the tolerance for clocks and long crawls.
        func page(_ ids: ClosedRange<Int>) -> [Post] { ids.reversed().map { post($0, at: Int64(20_000 + $0)) } }
        let all = [page(31...40), page(21...30), page(11...20)]
        store.upsert(page(1...10), of: .golang)
        ledger.setRecord(
            CrawlRecord(lastAttempt: 4_000, lastSuccess: 4_000, nextCrawl: 4_900), of: .golang, source: "instagram")
        let source = ScriptedSource { hashtag, cursor in
            cursor == nil ? await pages(all)(hashtag, cursor) : .failure(.temporary("HTTP 500"))
        }
        try await runOnce(source)
        #expect(store.posts(of: .golang).count == 20)
        source.reply(pages(all + [page(1...10)]))
        clock.advance(by: .seconds(600))
        try await runOnce(source)
        #expect(store.posts(of: .golang).map(\.id.value) == (1...40).reversed().map { "\($0)" })
    }

    @Test func `A crawl that takes too long ends, keeps what it has, and is tried again`() async throws {
        let source = ScriptedSource { _, cursor in
            if cursor == nil { return .success(SourcePage(posts: posts(4...6), next: SourceCursor("1"))) }
            await untilCancelled()
            return .failure(.cancelled)
        }
        let crawler = TestCrawler([.golang], [source], deadline: .seconds(300), clock: clock)
        try await crawler.run {
            await source.asked(2)
            await clock.sleepers(1)
            clock.advance(by: .seconds(300))
            await clock.sleepers(1)
            let status = crawler.service.monitor.snapshot().first
            #expect(status?.state == .failing)
            #expect(status?.lastError == "it cannot be reached: the crawl took longer than 5 min")
            #expect(crawler.box.current[.golang].count == 3)
        }
    }

    @Test func `A list that is empty all of a sudden is not believed`() async throws {
        let source = ScriptedSource(posts: [post(1, at: 5_000)])
        let crawler = TestCrawler([.golang], [source])
        try await crawler.run {
            await crawler.clock.sleepers(1)
            source.reply([])
            await crawler.turn()
            #expect(crawler.service.monitor.snapshot().first?.state == .failing)
            #expect(crawler.box.current[.golang].count == 1)
            crawler.clock.advance(by: .seconds(3_600))
            await crawler.clock.sleepers(1)
            #expect(crawler.service.monitor.snapshot().first?.state == .waiting, "an hour later it may be true")
        }
    }

    @Test func `A record that cannot be written costs no crawl`() async throws {
        let ledger = FailingLedger()
        ledger.breakDown()
        let source = ScriptedSource(posts: posts(1...3))
        let crawler = TestCrawler([.golang], [source], ledger: ledger)
        #expect(await crawler.service.crawlOnce().first?.new == 3)
    }
}
