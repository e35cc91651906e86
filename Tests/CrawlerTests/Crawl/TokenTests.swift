import Posts
import Storage
import Testing
import Upstreams

@Suite(.timeLimit(.minutes(10))) struct TokenTests {
    private static let token = "EAAGm0PX4ZCpsBAKs3cr3t+tok/en=="
    private static let encoded = "EAAGm0PX4ZCpsBAKs3cr3t%2Btok%2Fen%3D%3D"

    /// Responses that repeat the token where services and proxies do.
    private static let answers: [StubUpstream.Answer] = [
        .json(#"{"error":{"message":"Bad token \#(token)","type":"OAuthException","code":190}}"#, status: 400),
        .json(#"{"error":{"message":"access_token=\#(encoded)","type":"OAuthException","code":10}}"#, status: 403),
        .json(#"{"error":{"message":"\#(token)","code":4}}"#, status: 403, headers: ["Retry-After": token]),
        .json("<html>\(token)</html>", status: 502),
        .json("", status: 302, headers: ["Location": "https://elsewhere.example/?access_token=\(encoded)"]),
        .json(#"{"data":[{"id":"\#(token)"}]}"#),
        .raw("HTTP/1.1 200 \(token)\r\n"),
        .raw("\(token)\r\n\r\n"),
        .raw(""),
    ]

    @Test(arguments: answers.indices)
    func `The token stands in no log line, error, status or stored record of a crawl that fails`(
        _ index: Int
    ) async throws {
        try await StubUpstream.serve({ _ in Self.answers[index] }) { upstream in
            let ledger = MemoryCrawlLedger()
            let store = MemoryPostStore()
            let source = InstagramGraphAPI(
                baseURL: "\(upstream.address)/v23.0", userID: "17841400000000000", accessToken: Secret(Self.token),
                client: TestClient.shared, store: store, ledger: ledger)
            let crawler = TestCrawler([.golang], [source], store: store, ledger: ledger)
            try await crawler.run {
                // One sleeper for the next crawl, one for the renewal of the lease.
                await crawler.clock.sleepers(2)
            }
            let outcomes = await crawler.service.crawlOnce()
            #expect(outcomes.allSatisfy { $0.failure != nil })
            let record = ledger.record(of: .golang, source: "instagram")
            #expect(record?.lastError?.isEmpty == false)
            let texts =
                crawler.log.texts + outcomes.map { "\($0)" } + ["\(String(describing: record))"]
                + crawler.service.monitor.snapshot().map { "\($0)" }
                + [store.sourceID(of: .golang, source: "instagram") ?? "", "\(source)"]
            #expect(texts.count >= 5)
            for text in texts {
                #expect(!text.contains("EAAG") && !text.contains("s3cr3t"), "\(text)")
            }
        }
    }
}
