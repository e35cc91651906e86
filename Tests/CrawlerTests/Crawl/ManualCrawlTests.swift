import Posts
import Storage
import Testing
import Upstreams

/// A manual crawl next to a service that crawls the same hashtag.
@Suite(.timeLimit(.minutes(10))) struct ManualCrawlTests {
    private let store = MemoryPostStore()
    private let ledger = MemoryCrawlLedger()
    private let clock = ManualClock()

    private func crawler(_ source: ScriptedSource, _ hashtags: [Hashtag] = [.golang]) -> TestCrawler {
        TestCrawler(hashtags, [source], store: store, ledger: ledger, clock: clock)
    }

    /// Posts that are younger than the tolerance for clocks and long crawls.
    private func page(_ ids: ClosedRange<Int>) -> [Post] { ids.reversed().map { post($0, at: Int64(20_000 + $0)) } }

    @Test(arguments: [SourceError.temporary("HTTP 500"), .cancelled])
    func `What it leaves out when it breaks off, the service fetches`(_ error: SourceError) async throws {
        let all = [page(31...40), page(21...30), page(11...20), page(1...10)]
        let source = ScriptedSource(answer: pages([page(1...10)]))
        let service = crawler(source)
        try await service.run {
            // One sleeper for the next crawl, one for the lease.
            await clock.sleepers(2)
            source.reply { hashtag, cursor in
                cursor == nil ? await pages(all)(hashtag, cursor) : .failure(error)
            }
            #expect(await crawler(source).service.crawlOnce().first?.failure == .source(error))
            #expect(store.posts(of: .golang).count == 20)
            source.reply(pages(all))
            let asked = source.requests.count
            // The service shows the posts, so that its first page is known.
            clock.advance(by: .seconds(10))
            await clock.sleepers(2)
            #expect(service.box.current[.golang].count == 20)
            clock.advance(by: .seconds(290))
            await source.asked(asked + 4)
            await clock.sleepers(2)
            #expect(service.box.current[.golang].count == 40)
            #expect(ledger.record(of: .golang, source: "instagram")?.consecutiveFailures == 0)
        }
    }

    @Test func `A service that asked to wait is not asked by hand either, and that is said`() async throws {
        let source = ScriptedSource { _, _ in .failure(.rateLimited(retryAfter: .seconds(3_600))) }
        _ = await crawler(source, [.golang, .swift]).service.crawlOnce()
        let asked = source.requests.count
        source.reply(posts(1...3))
        clock.advance(by: .seconds(600))
        let outcomes = await crawler(source, [.swift, .golang]).service.crawlOnce()
        #expect(source.requests.count == asked)
        #expect(outcomes.count == 2)
        #expect(outcomes.allSatisfy { $0.failure?.kind == SourceError.Kind.rateLimited.rawValue })
        clock.advance(by: .seconds(7_200))
        #expect(await crawler(source).service.crawlOnce().first?.new == 3)
    }

    @Test func `What only a person can mend is tried at once by hand`() async throws {
        let source = ScriptedSource { _, _ in .failure(.tokenInvalid("expired")) }
        _ = await crawler(source).service.crawlOnce()
        source.reply(posts(1...3))
        #expect(await crawler(source).service.crawlOnce().first?.new == 3)
    }
}
