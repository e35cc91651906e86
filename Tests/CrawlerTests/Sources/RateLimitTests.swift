import NIOHTTP1
import Testing

@testable import Upstreams

@Suite struct RateLimitTests {
    /// 100 s after 1,900,000,000, in each form.
    static let forms = [
        "1900000100", "1900000100000", "1900000100.0", "2030-03-17T17:48:20.123Z", "2030-03-17T17:48:20",
        "2030-03-17 17:48:20 UTC", "Sun, 17 Mar 2030 17:48:20 GMT", "100",
    ]

    private func source(_ address: String) -> MastodonTimeline {
        MastodonTimeline(name: "m", baseURL: address, client: TestClient.shared, now: { 1_900_000_000 })
    }

    @Test(
        "The end of a rate limit is waited for, with 429 and with the last response that was allowed", arguments: forms)
    func ends(_ end: String) async throws {
        let fields = ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": end]
        for status in [200, 429] {
            try await StubUpstream.serve({ _ in .json("[]", status: status, headers: fields) }) { stub in
                let source = source(stub.address)
                if status == 200 { _ = try await source.page(of: .golang, after: nil) }
                for _ in 1...2 {
                    await #expect(throws: SourceError.rateLimited(retryAfter: .seconds(100))) {
                        try await source.page(of: .golang, after: nil)
                    }
                }
                #expect(stub.requests.count == 1)
            }
        }
    }

    @Test("The other sources wait as well", arguments: forms)
    func others(_ end: String) async throws {
        let fields = ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": end]
        try await StubUpstream.serve({ _ in .json("{}", status: 429, headers: fields) }) { stub in
            #expect(await GraphFixture.error(GraphFixture.source(stub.address))?.remedy == .wait(.seconds(100)))
            let feed = FlickrFeed(address: stub.address, client: TestClient.shared, now: { 1_900_000_000 })
            await #expect(throws: SourceError.rateLimited(retryAfter: .seconds(100))) {
                try await feed.page(of: .golang, after: nil)
            }
        }
    }

    @Test(
        "No field ends the process or makes a wait of more than a day",
        arguments: ["9223372036854775807", "-9223372036854775808", "1e400", "nan", "99999999999999999999999", "", "0"])
    func absurd(_ value: String) {
        for names in [["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"], ["RateLimit-Reset"]] {
            let limit = RateLimit({ names.contains($0) ? value : nil }, now: 1_900_000_000)
            #expect(limit?.wait.map { (.seconds(1) ... .seconds(86_400)).contains($0) } != false)
            let response = UpstreamResponse(
                status: 429, headers: HTTPHeaders(names.map { ($0, value) } + [("Retry-After", value)]), body: [])
            #expect(response.retryAfter(at: 1_900_000_000).map { (.zero ... .seconds(86_400)).contains($0) } != false)
        }
    }

    @Test("A service in trouble is not waited for until its rate limit ends")
    func trouble() {
        let fields = [("X-RateLimit-Limit", "300"), ("X-RateLimit-Remaining", "299"), ("X-RateLimit-Reset", "100")]
        let response = UpstreamResponse(status: 503, headers: HTTPHeaders(fields), body: [])
        #expect(response.statusError(at: 0) == .temporary("HTTP 503"))
    }
}
