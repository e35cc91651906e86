import Testing
import Upstreams

/// Error responses of the service and their effects.
@Suite struct InstagramErrorTests {
    @Test(
        "Each error of the service is understood, and the token that it repeats is not told",
        arguments: [
            (400, 190, .tokenInvalid), (400, 100, .badParameter), (403, 10, .permissionMissing),
            (400, 18, .hashtagQuotaExhausted),
            (400, 24, .hashtagUnknown), (500, 1, .temporary), (503, 2, .temporary), (403, 4, .rateLimited),
            (200, 190, .tokenInvalid),
        ] as [(Int, Int, SourceError.Kind)]
    )
    func errors(_ status: Int, _ code: Int, _ kind: SourceError.Kind) async throws {
        let body = """
            {"error":{"message":"Malformed access token \(GraphFixture.token) EAAB%7Cs3cret%2F%2B%3D","type":"OAuthException",\
            "code":\(code),"fbtrace_id":"A"}}
            """
        try await StubUpstream.serve({ _ in .json(body, status: status) }) { stub in
            #expect(await GraphFixture.error(GraphFixture.source(stub.address))?.kind == kind)
        }
    }

    @Test(
        "A status without the service's own error is understood; a web page says nothing of a token",
        arguments: [
            (401, .temporary), (403, .temporary), (404, .unusableResponse), (429, .rateLimited),
            (500, .temporary), (502, .temporary), (503, .temporary), (200, .unusableResponse),
        ] as [(Int, SourceError.Kind)]
    )
    func statuses(_ status: Int, _ kind: SourceError.Kind) async throws {
        try await StubUpstream.serve({ target in .json("<html>\(target)</html>", status: status) }) { stub in
            #expect(await GraphFixture.error(GraphFixture.source(stub.address))?.kind == kind)
        }
    }

    @Test(
        arguments: [
            (429, ["Retry-After": "90"]), (503, ["Retry-After": "90"]),
            (429, ["Retry-After": "Sun, 17 Mar 2030 17:48:10 GMT", "Date": "Sun, 17 Mar 2030 17:46:40 GMT"]),
            // Without a date in the response, the client's time applies: 1,900,000,000.
            (503, ["Retry-After": "Sun, 17 Mar 2030 17:48:10 GMT"]),
        ] as [(Int, [String: String])])
    func `Retry-After is obeyed, in seconds and as a date`(_ status: Int, _ headers: [String: String]) async throws {
        try await StubUpstream.serve({ _ in .json("", status: status, headers: headers) }) { stub in
            #expect(await GraphFixture.error(GraphFixture.source(stub.address))?.remedy == .wait(.seconds(90)))
        }
    }

    @Test("A wait that the service names to one hashtag holds for all")
    func sharedWait() async throws {
        try await StubUpstream.serve({ _ in .json("", status: 429, headers: ["Retry-After": "90"]) }) { stub in
            let source = GraphFixture.source(stub.address)
            #expect(await GraphFixture.error(source) == .rateLimited(retryAfter: .seconds(90)))
            let second = await #expect(throws: SourceError.self) { try await source.page(of: .swift, after: nil) }
            #expect(second == .rateLimited(retryAfter: .seconds(90)))
            #expect(stub.requests.count == 1)
        }
    }

    @Test func `However long a service asks to wait, after a day it is asked again`() async throws {
        try await StubUpstream.serve({ _ in .json("", status: 429, headers: ["Retry-After": "2000000000"]) }) { stub in
            let time = Deferred<Int64>()
            time.value = 1_900_000_000
            let source = GraphFixture.source(stub.address, now: { time.value ?? 0 })
            #expect(await GraphFixture.error(source) == .rateLimited(retryAfter: .seconds(86_400)))
            time.value = 1_900_000_000 + 86_400
            _ = await GraphFixture.error(source)
            #expect(stub.requests.count == 2)
        }
    }
}
