import Posts
import Storage
import Testing
import Upstreams

@Suite struct CrawlLoopTests {
    @Test("The stored posts are shown before the first crawl")
    func loads() async throws {
        let store = MemoryPostStore()
        store.upsert(posts(1...3), of: .golang)
        let source = ScriptedSource { _, _ in
            await untilCancelled()
            return .failure(.cancelled)
        }
        let crawler = TestCrawler([.golang], [source], store: store)
        try await crawler.run {
            await source.asked(1)
            #expect(crawler.box.current[.golang].count == 3)
        }
    }

    @Test("A crawl follows the other by the interval")
    func interval() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        let crawler = TestCrawler([.golang], [source])
        try await crawler.run {
            for _ in 1...4 { await crawler.turn() }
            #expect(source.requests.count == 5)
            #expect(crawler.clock.waits == Array(repeating: .seconds(300), count: 5))
        }
    }

    @Test("A source that has used up most of its allowance is asked half as often")
    func slowsDown() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        source.set(UsageReport(percent: 75, receivedAt: 5_000))
        let crawler = TestCrawler([.golang], [source])
        try await crawler.run {
            await crawler.clock.sleepers(1)
            #expect(crawler.clock.waits == [.seconds(600)])
        }
    }

    @Test("Back-off grows with each failure, and a success resets it")
    func backOff() async throws {
        let source = ScriptedSource { _, _ in .failure(.unreachable("no route")) }
        let crawler = TestCrawler([.golang], [source])
        try await crawler.run {
            for _ in 1...3 { await crawler.turn() }
            source.reply(posts(1...3))
            await crawler.turn()
            source.reply(.failure(.unreachable("no route")))
            await crawler.turn()
            // Half of the bounds 5, 10, 20, 40 s, because every random number is one half.
            #expect(
                crawler.clock.waits
                    == [.seconds(2.5), .seconds(5), .seconds(10), .seconds(20), .seconds(300), .seconds(2.5)]
            )
        }
    }

    @Test("A failure leaves the last good gallery")
    func lastGoodStays() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        let crawler = TestCrawler([.golang], [source])
        try await crawler.run {
            await crawler.clock.sleepers(1)
            let shown = crawler.box.current
            for error in SourceErrorTests.errors {
                source.reply(.failure(error))
                await crawler.turn()
                #expect(crawler.box.current == shown)
            }
            source.reply([])
            await crawler.turn()
            #expect(crawler.box.current == shown)
        }
    }

    @Test("What the service asks for is waited")
    func retryAfter() async throws {
        let source = ScriptedSource { _, _ in .failure(.rateLimited(retryAfter: .seconds(1_000))) }
        let crawler = TestCrawler([.golang], [source], random: 0)
        try await crawler.run {
            await crawler.clock.sleepers(1)
            #expect(crawler.clock.waits == [.seconds(1_000)])
        }
    }

    @Test func `A service that asked to wait is asked for no hashtag meanwhile`() async throws {
        let source = ScriptedSource { _, _ in .failure(.temporary("HTTP 503", retryAfter: .seconds(1_000))) }
        let ledger = MemoryCrawlLedger()
        // The hashtag swift becomes due after the service has asked for a wait on golang.
        let record = CrawlRecord(lastAttempt: 4_900, lastSuccess: 4_900, nextCrawl: 5_100)
        ledger.setRecord(record, of: .swift, source: "instagram")
        let crawler = TestCrawler([.golang, .swift], [source], random: 0, ledger: ledger)
        try await crawler.run {
            // Two sleepers for crawls, one for the lease.
            await crawler.clock.sleepers(3)
            source.reply(posts(1...3))
            for _ in 1...3 {
                crawler.clock.advance(by: .seconds(300))
                await crawler.clock.sleepers(3)
            }
            #expect(source.requests.map(\.hashtag) == [.golang])
            crawler.clock.advance(by: .seconds(100))
            await source.asked(3)
        }
    }

    @Test(
        "What only a person can fix stops the crawl after ten minutes, which looks again every half hour",
        arguments: [.tokenInvalid("expired"), .permissionMissing("none"), .hashtagUnknown, .badParameter("no")]
            as [SourceError])
    func stopped(_ error: SourceError) async throws {
        let source = ScriptedSource { _, _ in .failure(error) }
        let crawler = TestCrawler([.golang], [source], random: 0.999_999)
        try await crawler.run {
            await crawler.clock.sleepers(1)
            #expect(crawler.service.monitor.snapshot().first?.state == .failing)
            while crawler.clock.now.offset < .seconds(600) { await crawler.turn() }
            let status = crawler.service.monitor.snapshot().first
            #expect(status?.state == .stopped)
            #expect(status?.lastError == error.description)
            let last = try #require(crawler.clock.waits.last)
            #expect(last > .seconds(1_979) && last < .seconds(1_981))
            #expect(crawler.clock.waits.dropLast().allSatisfy { $0 <= .seconds(600) })
            source.reply(posts(1...3))
            await crawler.turn()
            #expect(crawler.service.monitor.snapshot().first?.state == .waiting)
        }
    }

    @Test("When all posts are left out, the status and the log say so and why, once")
    func notice() async throws {
        let page = SourcePage(posts: [], defects: [.noTime: 3, .noID: 1])
        let source = ScriptedSource { _, _ in .success(page) }
        let crawler = TestCrawler([.golang], [source])
        let notice = "all posts were left out: 1 post without an id, 3 posts without a timestamp"
        try await crawler.run {
            for _ in 1...3 { await crawler.turn() }
            let status = crawler.service.monitor.snapshot().first
            #expect(status?.state == .waiting && status?.notice == notice)
            #expect(crawler.log.texts(.warning).count == 1)
            #expect(crawler.log.texts(.warning).first?.contains(notice) == true)
            source.reply(.success(SourcePage(posts: posts(1...2), defects: [.noTime: 3])))
            await crawler.turn()
            #expect(crawler.service.monitor.snapshot().first?.notice == nil)
        }
    }

    @Test("A slow source holds up no other")
    func slowSource() async throws {
        let slow = ScriptedSource("slow") { _, _ in
            await untilCancelled()
            return .failure(.cancelled)
        }
        let quick = ScriptedSource("quick", posts: posts(1...3))
        let crawler = TestCrawler([.golang], [slow, quick])
        try await crawler.run {
            for _ in 1...5 { await crawler.turn() }
            #expect(slow.requests.count == 1)
            #expect(quick.requests.count == 6)
        }
    }

    @Test("Two crawls of one hashtag and source never go on at once")
    func neverTwice() async throws {
        let source = ScriptedSource { _, _ in
            await untilCancelled()
            return .failure(.cancelled)
        }
        let crawler = TestCrawler([.golang], [source])
        try await crawler.run {
            await source.asked(1)
            #expect(crawler.service.monitor.snapshot().first?.state == .crawling)
            #expect(await crawler.service.crawlOnce().isEmpty)
            #expect(source.requests.count == 1)
        }
    }

    @Test("Posts behind a page that failed are fetched by the next crawl")
    func noGap() async throws {
        let all = [posts(31...40), posts(21...30), posts(11...20), posts(1...10)]
        let store = MemoryPostStore()
        store.upsert(posts(1...15), of: .golang)
        let source = ScriptedSource { hashtag, cursor in
            cursor == SourceCursor("1") ? .failure(.temporary("HTTP 500")) : await pages(all)(hashtag, cursor)
        }
        let crawler = TestCrawler([.golang], [source], store: store)
        try await crawler.run {
            await crawler.turn()
            #expect(crawler.box.current[.golang].count == 25)
            source.reply(pages(all))
            await crawler.turn()
            #expect(crawler.box.current[.golang].map(\.id) == posts(1...40).map(\.id))
            let asked = source.requests.count
            await crawler.turn()
            #expect(source.requests.count == asked + 1)
        }
    }

    @Test("The status tells the times, the failures and what went wrong")
    func status() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        let crawler = TestCrawler([.golang, .swift], [source])
        let monitor = crawler.service.monitor
        #expect(monitor.snapshot().map(\.hashtag.name) == ["golang", "swift"])
        #expect(monitor.snapshot().map(\.state) == [.waiting, .waiting])
        #expect(monitor.snapshot().allSatisfy { $0.lastAttempt == nil && $0.nextCrawl == nil })
        try await crawler.run {
            await crawler.clock.sleepers(2)
            source.reply(.failure(.unreachable("no route")))
            crawler.clock.advance(by: .seconds(300))
            await crawler.clock.sleepers(2)
            for status in monitor.snapshot() {
                #expect(status.state == .failing)
                #expect(status.lastAttempt == 5_300)
                #expect(status.lastSuccess == 5_000)
                #expect(status.consecutiveFailures == 1)
                #expect(status.lastError == "it cannot be reached: no route")
                #expect(status.nextCrawl == 5_302)
            }
            source.reply(posts(1...3))
            crawler.clock.advance(by: .seconds(3))
            await crawler.clock.sleepers(2)
            let status = monitor.status(of: .swift, source: "instagram")
            #expect(status?.state == .waiting && status?.consecutiveFailures == 0 && status?.lastError == nil)
            #expect(status?.nextCrawl == 5_603)
        }
    }

    @Test("A failure is a warning when it begins or becomes another, and not each time")
    func logging() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        let crawler = TestCrawler([.golang], [source])
        try await crawler.run {
            await crawler.turn()
            #expect(crawler.log.texts(.info).count == 1)
            #expect(crawler.log.texts(.info).first?.contains("hashtag=golang new=3 newest=instagram:3") == true)
            source.reply(.failure(.unreachable("no route")))
            for _ in 1...5 { await crawler.turn() }
            #expect(crawler.log.texts(.warning).count == 1)
            #expect(crawler.log.texts(.debug).count == 4)
            source.reply(.failure(.tokenInvalid("expired")))
            for _ in 1...3 { await crawler.turn() }
            #expect(crawler.log.texts(.warning).count == 2)
            source.reply(posts(1...3))
            for _ in 1...3 { await crawler.turn() }
            #expect(crawler.log.texts(.info).count == 2)
        }
    }

    @Test("Without anything to crawl the service runs until it is stopped")
    func nothingToCrawl() async throws {
        let crawler = TestCrawler([], [])
        let service = Task { try await crawler.service.run() }
        service.cancel()
        await #expect(throws: CancellationError.self) { try await service.value }
    }

    @Test("Ten days of random failures lose no post and leave no tight loop")
    func tenDays() async throws {
        // A post appears every ten minutes, a page contains ten of the last forty, and a third of the requests fail.
        let clock = Deferred<ManualClock>()
        let dice = Dice()
        let source = ScriptedSource { _, cursor in
            if dice.roll(3) == 0 {
                return .failure(SourceErrorTests.retryable[dice.roll(SourceErrorTests.retryable.count)])
            }
            let newest = 100 + Int(clock.value?.now.offset.components.seconds ?? 0) / 600
            let offset = cursor.flatMap { Int($0.value) } ?? 0
            return .success(
                SourcePage(
                    posts: posts(newest - offset - 9...newest - offset),
                    next: offset < 30 ? SourceCursor("\(offset + 10)") : nil
                )
            )
        }
        let store = MemoryPostStore(retention: 40)
        store.upsert(posts(61...100), of: .golang)
        let crawler = TestCrawler([.golang], [source], store: store)
        clock.value = crawler.clock
        try await crawler.run {
            var missed = Set((100...100 + 1_440 - 6).map { "\($0)" })
            while crawler.clock.now.offset < .seconds(10 * 86_400) {
                await crawler.turn()
                missed.subtract(crawler.box.current[.golang].map(\.id.value))
            }
            #expect(missed.isEmpty)
            #expect(source.requests.count < 20_000)
        }
    }
}
