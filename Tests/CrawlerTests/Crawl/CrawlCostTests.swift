import Posts
import Storage
import Testing
import Upstreams

@Suite struct CrawlCostTests {
    @Test func `A page of 50 known posts costs one request, no write and no new gallery`() async throws {
        let store = CountingStore()
        let source = ScriptedSource(answer: pages([posts(51...100), posts(1...50)]))
        let ledger = CountingLedger()
        let crawler = TestCrawler([.golang], [source], failing: store, ledger: ledger)
        _ = await crawler.service.crawlOnce()
        let (shown, asked, calls) = (crawler.box.current, source.requests.count, store.calls)
        #expect(shown[.golang].count == 100)
        #expect(ledger.writes == 1)
        for round in 1...5 {
            _ = await crawler.service.crawlOnce()
            #expect(source.requests.count == asked + round)
        }
        #expect(store.calls == calls)
        #expect(ledger.writes == 1)
        #expect(crawler.box.current == shown)
    }

    @Test func `The times of idle crawls are written every ten minutes, and when the service ends`() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        let (ledger, clock) = (CountingLedger(), ManualClock())
        @Sendable func written() -> Int64? { ledger.record(of: .golang, source: "instagram")?.lastAttempt }
        let crawler = TestCrawler([.golang], [source], ledger: ledger, clock: clock)
        let attempts = Deferred<[Int64?]>()
        attempts.value = []
        try await crawler.run {
            await clock.sleepers(2)
            for _ in 1...5 {
                // One sleeper for the next crawl, one for the lease.
                clock.advance(by: .seconds(300))
                await clock.sleepers(2)
                attempts.value?.append(written())
            }
        }
        #expect(attempts.value == [5_000, 5_600, 5_600, 6_200, 6_200])
        #expect(written() == 6_500)
        #expect(source.requests.count == 6)
        #expect(ledger.writes == 4)
    }

    @Test func `A failure is written at once, and so is its end`() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        let ledger = CountingLedger()
        let crawler = TestCrawler([.golang], [source], ledger: ledger)
        _ = await crawler.service.crawlOnce()
        source.reply(.failure(.unreachable("no route")))
        for _ in 1...2 { _ = await crawler.service.crawlOnce() }
        #expect(ledger.writes == 3)
        source.reply(posts(1...3))
        for _ in 1...2 { _ = await crawler.service.crawlOnce() }
        #expect(ledger.writes == 4)
    }

    @Test func `A post that another source gave costs no more than one that is known`() async throws {
        let store = CountingStore()
        let twins = posts(51...100).map { post in
            var twin = post
            twin.id.source = "second"
            return twin
        }
        let first = ScriptedSource(answer: pages([posts(51...100), posts(1...50)]))
        let second = ScriptedSource("second", posts: twins)
        let crawler = TestCrawler([.golang], [first, second], failing: store)
        _ = await crawler.service.crawlOnce()
        #expect(crawler.box.current[.golang].count == 100)
        let (shown, calls) = (crawler.box.current, store.calls)
        _ = await crawler.service.crawlOnce()
        #expect(store.calls == calls)
        #expect(crawler.box.current == shown)
    }

    @Test func `Counts and signatures alone make a new gallery every five minutes at most`() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        let clock = ManualClock()
        let crawler = TestCrawler([.golang], [source], clock: clock)
        _ = await crawler.service.crawlOnce()
        func reply(likes: Int, caption: String = "") {
            var changed = post(3, likes: likes)
            changed.media[0].url += "?signature=\(likes)"
            changed.caption = caption
            source.reply([changed, post(2), post(1)])
        }
        var changes: [Int] = []
        for second in stride(from: 0, to: 840, by: 60) {
            reply(likes: second)
            changes.append(await crawler.service.crawlOnce().first?.changed ?? 0)
            clock.advance(by: .seconds(60))
        }
        #expect(changes == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0])
        reply(likes: 1_000, caption: "now with words")
        #expect(await crawler.service.crawlOnce().first?.changed == 1)
        reply(likes: 1_001, caption: "now with words")
        #expect(await crawler.service.crawlOnce().first?.changed == 0)
        #expect(crawler.box.current[.golang].first?.likeCount == 1_000)
    }

    @Test func `Old posts of a list that is longer than what is kept are not asked for again and again`() async throws {
        let store = MemoryPostStore(retention: 10)
        let source = ScriptedSource(answer: pages([posts(21...25) + posts(1...5), posts(11...20), posts(6...10)]))
        let crawler = TestCrawler([.golang], [source], store: store)
        try await crawler.run {
            await crawler.clock.sleepers(1)
            let asked = source.requests.count
            for _ in 1...3 { await crawler.turn() }
            #expect(source.requests.count == asked + 3)
            #expect(crawler.box.current[.golang].count == 10)
        }
    }

    @Test func `Every half hour a crawl looks below what is known, unless the allowance is used up`() async throws {
        let source = ScriptedSource(answer: pages([posts(31...40), posts(21...30), posts(11...20)]))
        let crawler = TestCrawler([.golang], [source])
        try await crawler.run {
            for _ in 1...5 { await crawler.turn() }
            #expect(source.requests.count == 8)
            // Five posts arrived late on the second page.
            source.reply(pages([posts(31...40), posts(21...30) + posts(1...5), posts(11...20)]))
            await crawler.turn()
            #expect(source.requests.count == 11)
            #expect(crawler.box.current[.golang].count == 35)
            source.set(UsageReport(percent: 80, receivedAt: 6_800))
            for _ in 1...4 { await crawler.turn() }
            #expect(source.requests.count == 15)
        }
    }

    @Test func `A crawl catches up with more pages than a first one asks for`() async throws {
        let source = ScriptedSource(posts: posts(1...10))
        let crawler = TestCrawler([.golang], [source], pagesPerCrawl: 2)
        try await crawler.run {
            await crawler.clock.sleepers(1)
            source.reply(pages((0...9).map { posts(100 - $0 * 10 + 1...110 - $0 * 10) } + [posts(1...10)]))
            await crawler.turn()
            #expect(crawler.box.current[.golang].count == 110)
        }
    }

    @Test func `Pages without a post are looked through for three in a row, not to the end`() async throws {
        let source = ScriptedSource(answer: pages([[], [], posts(1...3)] + Array(repeating: [], count: 30)))
        let crawler = TestCrawler([.golang], [source], pagesPerCrawl: 25)
        #expect(await crawler.service.crawlOnce().first?.new == 3)
        #expect(source.requests.count == 6)
    }

    @Test func `A service that goes in circles is left`() async throws {
        let source = ScriptedSource { _, cursor in
            // Different posts each time, so that none is known.
            let first = cursor == nil ? 1 : 4
            return .success(SourcePage(posts: posts(first...first + 2), next: SourceCursor("a")))
        }
        let crawler = TestCrawler([.golang], [source], pagesPerCrawl: 100)
        #expect(await crawler.service.crawlOnce().first?.pages == 2)
    }
}
