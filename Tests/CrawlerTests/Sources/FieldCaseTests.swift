import AsyncHTTPClient
import Storage
import Testing

@testable import Upstreams

/// Responses seen in production, and their expected results.
@Suite struct FieldCaseTests {
    private func flickr(_ address: String) -> FlickrFeed {
        FlickrFeed(address: address, client: TestClient.shared, now: { 1_900_000_000 })
    }

    private func mastodon(_ address: String) -> MastodonTimeline {
        MastodonTimeline(name: "m", baseURL: address, client: TestClient.shared, now: { 1_900_000_000 })
    }

    private static func photo(_ id: Int, title: [UInt8], author: String = #"nobody@flickr.com (\"Ada\")"#) -> [UInt8] {
        Array(#"{"title":""#.utf8) + title
            + Array(
                """
                ","link":"https://www.flickr.com/photos/00000000@N00/\(id)/","media":{"m":"https://live.example/\(id)_m.jpg"},\
                "published":"2026-11-24T16:00:00Z","author":"\(author)"}
                """.utf8)
    }

    private static func feed(_ photos: [[UInt8]]) -> StubUpstream.Answer {
        .keptJSON(Array(#"{"title":"x","items":["#.utf8) + Array(photos.joined(separator: [0x2C])) + Array("]}".utf8))
    }

    @Test("Bad escapes, raw controls, Latin-1 and halves of surrogates cost one character each")
    func badEscapes() async throws {
        let titles: [[UInt8]] = [
            Array(#"Don\'t stop"#.utf8), Array("a\tb".utf8), Array("caf".utf8) + [0xE9], Array(#"x\ud83dy"#.utf8),
        ]
        let feed = Self.feed(titles.enumerated().map { Self.photo($0.offset + 1, title: $0.element) })
        try await StubUpstream.serve({ _ in feed }) { stub in
            let page = try await flickr(stub.address).page(of: .golang, after: nil)
            #expect(page.posts.map(\.caption) == ["Don't stop", "a\tb", "caf\u{FFFD}", "x\u{FFFD}y"])
            #expect(page.posts.allSatisfy { $0.author?.name == "Ada" } && page.skipped == 0)
        }
    }

    @Test("The same defects cost one character in the other sources, too")
    func badEscapesElsewhere() async throws {
        let statuses =
            #"[{"id":"1","created_at":"2026-07-01T12:34:56Z","content":"Don\'t \ud83dstop","media_attachments":[{"type":"image","url":"https://f.example/1.jpg"}]}]"#
        try await StubUpstream.serve({ _ in .json(statuses) }) { stub in
            let page = try await mastodon(stub.address).page(of: .golang, after: nil)
            #expect(page.posts.map(\.caption) == ["Don't \u{FFFD}stop"])
        }
        let media =
            #"{"data":[{"id":"1","media_type":"IMAGE","media_url":"https://c.example/1.jpg","timestamp":"2026-07-01T12:34:56","caption":"Don\'t &eacute;&#150;"}]}"#
        try await StubUpstream.serve(GraphFixture.answers(.json(media))) { stub in
            let page = try await GraphFixture.source(stub.address).page(of: .golang, after: nil)
            #expect(page.posts.map(\.caption) == ["Don't é–"])
        }
    }

    @Test(
        "An author whose name was escaped twice has his name",
        arguments: [
            (#"nobody@flickr.com (\"\\u00e4quinoktium\")"#, "äquinoktium"),
            (#"nobody@flickr.com (\"\\ud83d\\ude00\")"#, "😀"),
            (#"nobody@flickr.com (\"a\\ud83db\\u12\")"#, "a\u{FFFD}b\\u12"),
            (#"nobody@flickr.com (\"A &amp; B\")"#, "A & B"),
        ])
    func escapedAuthor(_ author: String, _ name: String) async throws {
        let feed = Self.feed([Self.photo(1, title: Array("A gopher".utf8), author: author)])
        try await StubUpstream.serve({ _ in feed }) { stub in
            let page = try await flickr(stub.address).page(of: .golang, after: nil)
            #expect(page.posts.first?.author?.name == name)
        }
    }

    @Test("One refusal does not stop a hashtag: the next crawl comes within minutes")
    func unsupportedOnce() async throws {
        let refusal = """
            {"error":{"message":"Unsupported get request. Object with ID '178' does not exist, cannot be loaded due to missing \
            permissions, or does not support this operation.","type":"GraphMethodException","code":100,"error_subcode":33}}
            """
        let isGood = Deferred<Bool>()
        try await StubUpstream.serve({ target in
            if target.contains("ig_hashtag_search") { return .json(GraphFixture.found) }
            return isGood.value == true ? .json(GraphFixture.page([1, 2])) : .json(refusal, status: 400)
        }) { stub in
            let crawler = TestCrawler([.golang], [GraphFixture.source(stub.address)])
            try await crawler.run {
                await crawler.clock.sleepers(1)
                #expect(crawler.service.monitor.snapshot().first?.state == .failing)
                #expect(crawler.clock.waits.last.map { $0 <= .seconds(5) } == true)
                isGood.value = true
                await crawler.turn()
                #expect(crawler.box.current[.golang].count == 2)
            }
        }
    }

    @Test("A page that is too much for the service is asked for in halves, and that is remembered")
    func reduce() async throws {
        let refusal =
            #"{"error":{"code":1,"message":"Please reduce the amount of data you're asking for, then retry your request"}}"#
        try await StubUpstream.serve({ target in
            if target.contains("ig_hashtag_search") { return .json(GraphFixture.found) }
            return target.contains("limit=50") ? .json(refusal, status: 500) : .json(GraphFixture.page([1]))
        }) { stub in
            let source = GraphFixture.source(stub.address)
            for _ in 1...2 {
                let page = try await source.page(of: .golang, after: nil)
                #expect(page.posts.count == 1)
            }
            let limits = stub.targets.compactMap { $0.split(separator: "&").first { $0.hasPrefix("limit=") } }
            #expect(limits == ["limit=50", "limit=25", "limit=25"])
        }
        try await StubUpstream.serve(GraphFixture.answers(.json(refusal, status: 500))) { stub in
            #expect(await GraphFixture.error(GraphFixture.source(stub.address))?.kind == .temporary)
            #expect(stub.targets.count == 7)
        }
    }

    @Test("Posts without a timestamp are left out, and that is said")
    func withoutTimestamp() async throws {
        let items = (0..<3).map {
            #"{"id":"179\#($0)","media_type":"IMAGE","media_url":"https://cdn.example/\#($0).jpg"}"#
        }
        let page = #"{"data":[\#(items.joined(separator: ","))],"paging":{"cursors":{"after":"QVFI"}}}"#
        try await StubUpstream.serve(GraphFixture.answers(.json(page))) { stub in
            let crawler = TestCrawler([.golang], [GraphFixture.source(stub.address, media: [.top])])
            #expect(await crawler.service.crawlOnce().first?.skipped == 3)
            let status = crawler.service.monitor.snapshot().first
            #expect(status?.notice == "all posts were left out: 3 posts without a timestamp")
        }
    }

    @Test("A web page in place of a response says nothing of a token", arguments: [401, 403, 503])
    func webPage(_ status: Int) async throws {
        try await StubUpstream.serve({ _ in .json("\n<!DOCTYPE html><title>Blocked</title>", status: status) }) {
            stub in
            for error in [
                await GraphFixture.error(GraphFixture.source(stub.address)),
                await #expect(throws: SourceError.self) {
                    try await mastodon(stub.address).page(of: .golang, after: nil)
                },
                await #expect(throws: SourceError.self) {
                    try await flickr(stub.address).page(of: .golang, after: nil)
                },
            ] {
                #expect(error?.kind == .temporary)
            }
        }
    }

    @Test(
        "A 422 is read before it is explained",
        arguments: [
            (#"{"error":"This method requires an authenticated user"}"#, .tokenInvalid), ("{}", .tokenInvalid),
            (#"{"error":"Validation failed: limit is too large"}"#, .badParameter),
            (#"{"message":"The only media field must be true or false."}"#, .badParameter),
            ("<html>", .unusableResponse),
        ] as [(String, SourceError.Kind)])
    func unprocessable(_ body: String, _ kind: SourceError.Kind) async throws {
        try await StubUpstream.serve({ _ in .json(body, status: 422) }) { stub in
            let error = await #expect(throws: SourceError.self) {
                try await mastodon(stub.address).page(of: .golang, after: nil)
            }
            #expect(error?.kind == kind)
        }
    }

    @Test("A GET on a kept connection that the server closes is repeated once", arguments: [1, 2])
    func keptConnection(_ last: Int) async throws {
        try await StubUpstream.serve(eachOf: { target, count in
            count > last
                ? .raw("")
                : .keptJSON(Array((target.contains("search") ? GraphFixture.found : GraphFixture.page([1])).utf8))
        }) { stub in
            try await HTTPClient.withHTTPClient(configuration: .upstream()) { client in
                let source = GraphFixture.source(stub.address, client: client)
                for _ in 1...6 {
                    let page = try await source.page(of: .golang, after: nil)
                    #expect(page.posts.count == 1)
                }
            }
        }
    }

    @Test("A server that closes each new connection is not asked twice")
    func freshConnection() async throws {
        try await StubUpstream.serve({ _ in .raw("") }) { stub in
            #expect(await GraphFixture.error(GraphFixture.source(stub.address))?.kind == .unreachable)
            #expect(stub.requests.count == 1)
        }
    }

    /// `[]` in two encodings.
    private static let coded: [(String, [UInt8])] = [
        ("gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0x8B, 0x8E, 5, 0, 0x29, 0xBB, 0x4C, 0x0D, 2, 0, 0, 0]),
        ("deflate", [0x78, 0x9C, 0x8B, 0x8E, 5, 0, 1, 0x15, 0, 0xB9]),
    ]

    @Test("A content coding that was not asked for is decoded", arguments: coded)
    func coding(_ name: String, _ bytes: [UInt8]) async throws {
        try await StubUpstream.serve({ _ in .keptJSON(bytes, headers: ["Content-Encoding": name]) }) { stub in
            let page = try await mastodon(stub.address).page(of: .golang, after: nil)
            #expect(page.posts.isEmpty && page.skipped == 0)
            #expect(stub.requests.first?.contains("Accept-Encoding: identity\r\n") == true)
        }
    }

    @Test("What a coding hides counts against the limit of size", arguments: coded)
    func codedSize(_ name: String, _ bytes: [UInt8]) async throws {
        var limits = UpstreamLimits()
        limits.responseBytes = 1
        try await StubUpstream.serve({ _ in .keptJSON(bytes, headers: ["Content-Encoding": name]) }) { [limits] stub in
            try await HTTPClient.withHTTPClient(configuration: .upstream(limits)) { client in
                let source = MastodonTimeline(name: "m", baseURL: stub.address, client: client, limits: limits)
                await #expect(throws: SourceError.unusableResponse("it is larger than 1 bytes")) {
                    try await source.page(of: .golang, after: nil)
                }
            }
        }
    }

    @Test("An address with a port that does not exist is an error, not the end")
    func badPort() async throws {
        for port in ["99999", "65536", "0", "", "-1", "99999999999999999999", "x"] {
            let error = await GraphFixture.error(GraphFixture.source("http://127.0.0.1:\(port)"))
            #expect(error?.kind == .unreachable)
        }
    }
}
