import Synchronization
import Testing

@testable import Posts
@testable import Upstreams

/// The client, against a server whose responses a test determines byte by byte.
@Suite struct MastodonTimelineTests {
    private static let token = "tok3n/+="

    private func source(
        _ address: String, token: String? = nil, tags: MastodonTimeline.Tags = .init(), now: Int64 = 1_900_000_000
    ) -> MastodonTimeline {
        MastodonTimeline(
            name: "mastodon.example", baseURL: "\(address)/", accessToken: token.map { Secret($0) },
            tags: tags, client: TestClient.shared, now: { now })
    }

    static func status(_ id: String) -> String {
        """
        {"id":"\(id)","created_at":"2026-07-01T12:34:56.000Z","media_attachments":[\
        {"id":"1","type":"image","url":"https://files.example/\(id).jpg"}]}
        """
    }

    @Test func `The requests are those that are documented, the token in its field and nowhere else`() async throws {
        let answer = StubUpstream.Answer.json(
            "[\(Self.status("12")),\(Self.status("11"))]",
            headers: [
                "Link": """
                <https://evil.example/api/v1/timelines/tag/golang?max_id=11&x=y>; rel="next", \
                <https://mastodon.example/api/v1/timelines/tag/golang?min_id=12>; rel="prev"
                """
            ])
        try await StubUpstream.serve({ _ in answer }) { stub in
            let tags = MastodonTimeline.Tags(any: [.swift], all: [.golang, .golang], none: [try Hashtag("nsfw")])
            let source = source(stub.address, token: Self.token, tags: tags)
            let page = try await source.page(of: Hashtag("Straße"), after: nil)
            #expect(page.posts.map(\.id.value) == ["12", "11"])
            #expect(page.next == SourceCursor("11"))
            _ = try await source.page(of: .golang, after: page.next)
            let lists = "any%5B%5D=swift&all%5B%5D=golang&all%5B%5D=golang&none%5B%5D=nsfw"
            #expect(
                stub.targets == [
                    "/api/v1/timelines/tag/strasse?only_media=1&limit=40&\(lists)",
                    "/api/v1/timelines/tag/golang?only_media=1&limit=40&\(lists)&max_id=11",
                ])
            for request in stub.requests {
                #expect(request.contains("Authorization: Bearer \(Self.token)\r\n"))
                #expect(!StubUpstreamTarget.of(request).contains("tok3n"))
            }
        }
    }

    @Test func `A server without Link is paged by the last id, until that does not move`() async throws {
        try await StubUpstream.serve({ _ in .json("[\(Self.status("9")),\(Self.status("7"))]") }) { stub in
            let source = source(stub.address)
            let page1 = try await source.page(of: .golang, after: nil)
            #expect(page1.next == SourceCursor("7"))
            let page2 = try await source.page(of: .golang, after: SourceCursor("7"))
            #expect(page2.next == nil)
        }
        let defective = #"{"id": null}, {"id": ""}, {"id": "a b"}"#
        try await StubUpstream.serve({ _ in .json("[\(Self.status("9")),\(Self.status("7")),\(defective)]") }) { stub in
            let page = try await source(stub.address).page(of: .golang, after: nil)
            #expect(page.next == SourceCursor("7"), "a status without an id that can be one ends nothing")
        }
        try await StubUpstream.serve({ _ in .json("[]") }) { stub in
            let page3 = try await source(stub.address).page(of: .golang, after: nil)
            #expect(page3.next == nil)
        }
    }

    @Test func `A Link without a next page is the end`() async throws {
        let answer = StubUpstream.Answer.json(
            "[\(Self.status("9"))]", headers: ["Link": "<https://m.example/?min_id=9>; rel=\"prev\""])
        try await StubUpstream.serve({ _ in answer }) { stub in
            let page4 = try await source(stub.address).page(of: .golang, after: nil)
            #expect(page4.next == nil)
        }
    }

    @Test func `What is marked sensitive comes with its mark`() async throws {
        let statuses =
            "[\(Self.status("3").replacing("{\"id\"", with: "{\"sensitive\":true,\"id\"", maxReplacements: 1)),\(Self.status("2"))]"
        try await StubUpstream.serve({ _ in .json(statuses) }) { stub in
            let all = try await source(stub.address).page(of: .golang, after: nil).posts
            #expect(all.map(\.isSensitive) == [true, false])
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var status: Int
        var token: String?
        var kind: SourceError.Kind
        var words: String
        var testDescription: String { "\(status), \(token == nil ? "without" : "with") a token" }
    }

    @Test(arguments: [
        Refusal(status: 401, kind: .tokenInvalid, words: "set MASTODON_ACCESS_TOKEN"),
        Refusal(status: 403, kind: .tokenInvalid, words: "set MASTODON_ACCESS_TOKEN"),
        Refusal(status: 422, kind: .tokenInvalid, words: "set MASTODON_ACCESS_TOKEN"),
        Refusal(status: 401, token: token, kind: .tokenInvalid, words: "does not take it"),
        Refusal(status: 403, token: token, kind: .permissionMissing, words: "scope read"),
        Refusal(status: 422, token: token, kind: .tokenInvalid, words: "does not take it"),
        Refusal(status: 404, kind: .unusableResponse, words: "Mastodon or Pixelfed"),
        Refusal(status: 302, token: token, kind: .unusableResponse, words: "a redirect"),
        Refusal(status: 500, kind: .temporary, words: "HTTP 500"),
        Refusal(status: 503, kind: .temporary, words: "HTTP 503"),
    ])
    func `Refusals say what to do, and never hold the token`(_ refusal: Refusal) async throws {
        let body = #"{"error":"The access token tok3n/+= is invalid"}"#
        let headers = ["Location": "https://evil.example/?t=tok3n/+="]
        try await StubUpstream.serve({ _ in .json(body, status: refusal.status, headers: headers) }) { stub in
            let error = await #expect(throws: SourceError.self) {
                try await source(stub.address, token: refusal.token).page(of: .golang, after: nil)
            }
            #expect(error?.kind == refusal.kind)
            let text = error.map { String(reflecting: $0) + "\($0)" } ?? ""
            #expect(text.contains(refusal.words))
            #expect(!text.contains("tok3n"))
        }
    }

    @Test(arguments: [
        (["Retry-After": "120"], Duration.seconds(120)),
        (["Retry-After": "2000000000"], .seconds(86_400)),
        (["Retry-After": "99999999999999999999"], .seconds(86_400)),
        (["Retry-After": "Sun, 06 Nov 2094 08:50:37 GMT"], .seconds(86_400)),
        (["Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"], .seconds(60)),
        (
            [
                "X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": "2030-03-17T17:48:20.123Z",
            ], .seconds(100)
        ),
    ])
    func `Too many requests are waited for, without asking meanwhile`(
        _ headers: [String: String], _ wait: Duration
    ) async throws {
        try await StubUpstream.serve({ _ in .json("{}", status: 429, headers: headers) }) { stub in
            let source = source(stub.address)
            for _ in 0..<2 {
                await #expect(throws: SourceError.rateLimited(retryAfter: wait)) {
                    try await source.page(of: .golang, after: nil)
                }
            }
            #expect(stub.requests.count == 1)
        }
    }

    @Test func `The headers say how much is used`() async throws {
        let headers = ["X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "60", "X-RateLimit-Reset": "later"]
        try await StubUpstream.serve({ _ in .json("[]", headers: headers) }) { stub in
            let source = source(stub.address)
            _ = try await source.page(of: .golang, after: nil)
            #expect(source.usage == UsageReport(percent: 80, receivedAt: 1_900_000_000))
        }
    }

    @Test(arguments: ["", "{}", "[", "null", #""x""#, "<html>"])
    func `What is no list is refused`(_ body: String) async throws {
        try await StubUpstream.serve({ _ in .json(body) }) { stub in
            let error = await #expect(throws: SourceError.self) {
                try await source(stub.address).page(of: .golang, after: nil)
            }
            #expect(error?.kind == .unusableResponse)
        }
    }

    @Test func `A post from the future waits for its time`() async throws {
        try await StubUpstream.serve({ _ in .json("[\(Self.status("1"))]") }) { stub in
            // 2026-07-01T12:34:56Z is 1,782,909,296.
            let before = try await source(stub.address, now: 1_782_905_000).page(of: .golang, after: nil)
            #expect(before.posts.isEmpty && before.skipped == 1)
            let then = try await source(stub.address, now: 1_782_909_296 - 3_600).page(of: .golang, after: nil)
            #expect(then.posts.count == 1 && then.skipped == 0)
        }
    }
}

enum StubUpstreamTarget {
    static func of(_ request: String) -> Substring { request.split(separator: "\r\n").first ?? "" }
}
