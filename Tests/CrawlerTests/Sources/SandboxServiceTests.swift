import Sandbox
import Storage
import Testing
import Upstreams

/// The whole crawler with each fault of the sandbox: what visitors see during the fault and after it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SandboxServiceTests {
    static let cases: [SandboxFaultTests.Case] =
        SandboxFaultTests.cases
        + SandboxBench.Upstream.allCases.flatMap { upstream in
            [
                SandboxFaultTests.Case(upstream: upstream, fault: .status(401), kind: .tokenInvalid),
                SandboxFaultTests.Case(upstream: upstream, fault: .status(403), kind: .permissionMissing),
            ]
        } + [
            SandboxFaultTests.Case(upstream: .graph, fault: .error(code: 190, subcode: 463), kind: .tokenInvalid),
            SandboxFaultTests.Case(upstream: .graph, fault: .error(code: 4, minutes: 12), kind: .rateLimited),
            SandboxFaultTests.Case(upstream: .graph, fault: .error(code: 10), kind: .permissionMissing),
        ]

    @Test(arguments: cases)
    func `The last good answer stays while a fault lasts, and then the newest post is found`(
        _ row: SandboxFaultTests.Case
    ) async throws {
        var limits = UpstreamLimits()
        // Only endless responses may reach the limit, because the machine may be slow.
        if [.timeout, .drip].contains(row.fault) { limits.wholeResponse = .seconds(3) }
        try await SandboxBench.run(row.upstream) { [limits] sandbox in
            let (store, ledger) = (MemoryPostStore(), MemoryCrawlLedger())
            let crawler = TestCrawler(
                [.golang], [sandbox.source(limits, store: store, ledger: ledger)], store: store, ledger: ledger,
                start: Int64(SandboxBench.start))
            let first = await crawler.service.crawlOnce().first
            #expect(first?.failure == nil)
            let shown = crawler.box.current
            #expect(!shown[.golang].isEmpty)

            sandbox.server.show([FaultRule(fault: row.fault)])
            crawler.clock.advance(by: .seconds(60))
            sandbox.time.value = SandboxBench.start + 60
            let failed = await crawler.service.crawlOnce().first
            #expect(failed?.failure?.kind == row.kind.rawValue)
            #expect(crawler.box.current == shown)
            #expect(crawler.service.monitor.snapshot().first?.lastError?.contains("-token") == false)

            sandbox.server.show([])
            // Longer than every wait that a fault requests.
            crawler.clock.advance(by: .seconds(3_540))
            sandbox.time.value = SandboxBench.start + 3_600
            let outcome = await crawler.service.crawlOnce().first
            #expect(outcome?.failure == nil)
            let newest = try #require(crawler.box.current[.golang].first?.publishedAt)
            // There is a post every five seconds, a few of them without a picture to show.
            #expect(Int64(SandboxBench.start) + 3_600 - newest < 30)
            #expect(crawler.service.monitor.snapshot().first?.state == .waiting)
        }
    }
}
