import Storage
import Testing
import Upstreams

/// Processes that live for one request, like a CGI program.
@Suite(.timeLimit(.minutes(10))) struct ShortLivedCrawlTests {
    private let store = MemoryPostStore()
    private let ledger = MemoryCrawlLedger()
    private let clock = ManualClock()

    private func crawler(_ source: ScriptedSource) -> TestCrawler {
        TestCrawler([.golang], [source], store: store, ledger: ledger, clock: clock)
    }

    @Test func `A token that is refused is not tried again by each of them`() async throws {
        let source = ScriptedSource { _, _ in .failure(.tokenInvalid("revoked")) }
        for _ in 1...30 {
            _ = await crawler(source).service.crawlOnce(onlyDue: true)
            clock.advance(by: .seconds(60))
        }
        // The waits double until ten minutes have passed; then the error is final.
        #expect((5...10).contains(source.requests.count))
        let last = crawler(source)
        _ = await last.service.crawlOnce(onlyDue: true)
        let status = last.service.monitor.snapshot().first
        #expect(status?.state == .stopped && status?.nextCrawl != nil)
        clock.advance(by: .seconds(3_600))
        #expect(await crawler(source).service.crawlOnce(onlyDue: true).count == 1)
    }

    @Test func `What is not due is not asked for, though nothing was new`() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        for _ in 1...3 {
            for _ in 1...5 { _ = await crawler(source).service.crawlOnce(onlyDue: true) }
            clock.advance(by: .seconds(301))
        }
        #expect(source.requests.count == 3)
    }

    @Test func `Of several at once one crawls, and the others answer with what there is`() async throws {
        let (stream, gate) = AsyncStream<Void>.makeStream()
        let source = ScriptedSource { _, _ in
            for await _ in stream { break }
            return .success(SourcePage(posts: posts(1...3)))
        }
        let first = crawler(source)
        async let crawled = first.service.crawlOnce(onlyDue: true)
        await source.asked(1)
        for _ in 1...3 {
            let other = crawler(source)
            #expect(await other.service.crawlOnce(onlyDue: true).isEmpty)
            #expect(other.service.monitor.role == .follower)
        }
        #expect(source.requests.count == 1)
        gate.yield()
        #expect(await crawled.first?.new == 3)
        clock.advance(by: .seconds(301))
        gate.finish()
        #expect(await crawler(source).service.crawlOnce(onlyDue: true).count == 1, "the lease was given back")
    }
}
