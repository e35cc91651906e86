import Logging
import Posts
import Sandbox
import Storage
import TestSupport
import Testing
import Upstreams

/// The path of a post from the emulated service over HTTP to the gallery.
@Suite struct SandboxCrawlTests {
    /// Runs a sandbox while `body` runs. The test can move its time.
    private func sandbox(
        _ configuration: SandboxConfiguration = SandboxConfiguration(),
        _ body: @Sendable (_ baseURL: String, _ time: Deferred<Double>) async throws -> Void
    ) async throws {
        let time = Deferred<Double>()
        time.value = 1_800_000_000
        let server = SandboxServer(configuration: configuration, logger: .silent) { time.value ?? 0 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body("\(server.address())/v23.0", time)
            group.cancelAll()
        }
    }

    private func source(
        _ baseURL: String, token: String = "sandbox-token", store: any PostStore
    ) -> InstagramGraphAPI {
        InstagramGraphAPI(
            name: "sandbox", baseURL: baseURL, userID: SandboxConfiguration().userID, accessToken: Secret(token),
            client: TestClient.shared, store: store, now: { 1_900_000_000 }
        )
    }

    private func crawler(_ hashtags: [Hashtag], _ baseURL: String, token: String = "sandbox-token") -> TestCrawler {
        let store = MemoryPostStore()
        return TestCrawler(hashtags, [source(baseURL, token: token, store: store)], store: store)
    }

    @Test("A first crawl finds at least 60 posts of each hashtag, with pictures on the sandbox")
    func firstCrawl() async throws {
        try await sandbox { baseURL, _ in
            let crawler = crawler([.golang, .swift], baseURL)
            for outcome in await crawler.service.crawlOnce() {
                #expect(outcome.failure == nil)
                // The sandbox withholds some pictures, like the real service.
                #expect(outcome.skipped < outcome.new / 10)
                #expect(outcome.new >= 60)
                #expect(crawler.box.current[outcome.hashtag].count == outcome.new)
                #expect(outcome.posts.allSatisfy { $0.media.allSatisfy { $0.url.hasPrefix("http://127.0.0.1:") } })
                #expect(outcome.posts.contains { $0.media.count > 1 })
            }
        }
    }

    @Test("A second crawl costs one request's worth and finds what was published since")
    func secondCrawl() async throws {
        try await sandbox { baseURL, time in
            let crawler = crawler([.golang], baseURL)
            _ = await crawler.service.crawlOnce()
            let shown = crawler.box.current
            let idle = await crawler.service.crawlOnce().first
            #expect(idle?.pages == 1 && idle?.changed == 0)
            #expect(crawler.box.current == shown)
            time.value = 1_800_000_000 + 15
            let outcome = await crawler.service.crawlOnce().first
            #expect(outcome?.pages == 2)
            #expect(outcome?.new == 3)
            #expect(crawler.box.current[.golang].first != shown[.golang].first)
        }
    }

    @Test("The crawl loop follows the sandbox as it publishes")
    func loop() async throws {
        try await sandbox { baseURL, time in
            let crawler = crawler([.golang], baseURL)
            try await crawler.run {
                await crawler.clock.sleepers(1)
                for round in 1...3 {
                    let newest = crawler.box.current[.golang].first
                    time.value = 1_800_000_000 + Double(round * 5)
                    await crawler.turn()
                    #expect(crawler.box.current[.golang].first != newest)
                }
                #expect(crawler.service.monitor.snapshot().first?.state == .waiting)
            }
        }
    }

    @Test("A wrong token fails the crawl and is not told")
    func wrongToken() async throws {
        try await sandbox { baseURL, _ in
            let crawler = crawler([.golang], baseURL, token: "EAAB|wrong")
            let outcome = await crawler.service.crawlOnce().first
            #expect(outcome?.failure?.kind == SourceError.Kind.tokenInvalid.rawValue)
            #expect(outcome?.failure?.description.contains("EAAB") == false)
            #expect(crawler.service.monitor.snapshot().first?.state == .failing)
        }
    }

    @Test("A sandbox that has gone away changes nothing for readers")
    func goneAway() async throws {
        let kept = Deferred<TestCrawler>()
        try await sandbox { baseURL, _ in
            kept.value = crawler([.golang], baseURL)
            _ = await kept.value?.service.crawlOnce()
        }
        let shown = kept.value?.box.current
        #expect(await kept.value?.service.crawlOnce().first?.failure?.kind == "unreachable")
        #expect(shown?[.golang].isEmpty == false)
        #expect(kept.value?.box.current == shown)
    }
}
