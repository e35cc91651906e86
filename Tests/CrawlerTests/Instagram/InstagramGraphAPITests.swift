import AsyncHTTPClient
import Crawler
import Storage
import Synchronization
import Testing

/// The client against a server that answers byte for byte what the test says.
@Suite struct InstagramGraphAPITests {
    private static let token = "EAAB|s3cret/+="
    private static let found = #"{"data":[{"id":"17873440459141021"}]}"#

    private static func page(_ ids: [Int], after: String? = nil) -> String {
        let items = ids.map {
            """
            {"id":"\($0)","media_type":"IMAGE","media_url":"https://cdn.example/\($0).jpg",\
            "timestamp":"2026-07-01T12:34:56+0000"}
            """
        }
        let paging = after.map {
            #","paging":{"cursors":{"after":"\#($0)"},"next":"https://evil.example/?access_token=x"}"#
        }
        return #"{"data":[\#(items.joined(separator: ","))]\#(paging ?? "")}"#
    }

    /// Answers a search for a hashtag with its id, and requests for media with `media`.
    private static func answers(
        _ media: StubUpstream.Answer
    ) -> @Sendable (String) -> StubUpstream.Answer {
        { $0.contains("ig_hashtag_search") ? .json(found) : media }
    }

    private func source(
        _ address: String, store: any PostStore = MemoryPostStore(), limits: UpstreamLimits = UpstreamLimits(),
        now: @escaping @Sendable () -> Int64 = { 1_000 }
    ) -> InstagramGraphAPI {
        InstagramGraphAPI(
            baseURL: "\(address)/v23.0/", userID: "17841400000000000", accessToken: Secret(Self.token),
            client: TestClient.shared, store: store, limits: limits, now: now
        )
    }

    /// The error of the first page, after a check that it does not hold the token.
    private func error(_ source: InstagramGraphAPI) async -> SourceError? {
        do {
            _ = try await source.page(of: .golang, after: nil)
            return nil
        } catch {
            for text in ["\(error)", String(reflecting: error), error.kind.rawValue] {
                #expect(!text.contains("s3cret") && !text.contains("EAAB"))
            }
            return error
        }
    }

    @Test("The requests are those that are documented, the token in the query and nowhere else")
    func requests() async throws {
        try await StubUpstream.serve(Self.answers(.json(Self.page([1], after: "QVF+/=")))) { stub in
            let source = source(stub.address)
            let first = try await source.page(of: Hashtag("Straße"), after: nil)
            #expect(first.posts.map(\.id) == [Post.ID(source: "instagram", value: "1")])
            _ = try await source.page(of: Hashtag("strasse"), after: first.next)
            let token = "access_token=EAAB%7Cs3cret%2F%2B%3D"
            let media = """
                /v23.0/17873440459141021/recent_media?user_id=17841400000000000&fields=id%2Ccaption%2Cchildren%7Bid%2C\
                media_type%2Cmedia_url%2Cpermalink%7D%2Ccomments_count%2Clike_count%2Cmedia_type%2Cmedia_url%2C\
                permalink%2Ctimestamp&limit=50
                """
            #expect(
                stub.targets == [
                    "/v23.0/ig_hashtag_search?user_id=17841400000000000&q=strasse&\(token)",
                    "\(media)&\(token)",
                    "\(media)&after=QVF%2B%2F%3D&\(token)",
                ]
            )
            for request in stub.requests {
                let fields = request.split(separator: "\r\n").dropFirst().joined(separator: "\n")
                #expect(fields.lowercased().contains("user-agent: instacrawler"))
                #expect(!fields.contains("EAAB") && !fields.contains("s3cret"))
            }
        }
    }

    @Test("The id of a hashtag is asked for once, and kept beyond a restart")
    func hashtagID() async throws {
        try await StubUpstream.serve(Self.answers(.json(Self.page([1])))) { stub in
            let store = MemoryPostStore()
            for _ in 1...2 {
                let source = source(stub.address, store: store)
                for _ in 1...2 { _ = try await source.page(of: .golang, after: nil) }
            }
            #expect(stub.targets.count { $0.contains("ig_hashtag_search") } == 1)
            #expect(store.sourceID(of: .golang, source: "instagram") == "17873440459141021")
        }
    }

    @Test("A store that fails costs no second search while the source lives")
    func brokenStore() async throws {
        try await StubUpstream.serve(Self.answers(.json(Self.page([1])))) { stub in
            let store = FailingStore()
            store.breakDown(reading: true, writing: true)
            let source = source(stub.address, store: store)
            for _ in 1...3 { _ = try await source.page(of: .golang, after: nil) }
            #expect(stub.targets.count { $0.contains("ig_hashtag_search") } == 1)
        }
    }

    @Test(
        "An id that is none goes into no address",
        arguments: ["../me", "1/2", "", "1?x", "17873440459141021x", String(repeating: "1", count: 51)]
    )
    func badID(_ id: String) async throws {
        try await StubUpstream.serve({ _ in .json(#"{"data":[{"id":"\#(id)"}]}"#) }) { stub in
            #expect(await error(source(stub.address))?.kind == .unusableAnswer)
            #expect(stub.targets.count == 1)
        }
    }

    @Test("A search that finds nothing means that the hashtag is unknown")
    func nothingFound() async throws {
        try await StubUpstream.serve({ _ in .json(#"{"data":[]}"#) }) { stub in
            #expect(await error(source(stub.address)) == .hashtagUnknown)
        }
    }

    @Test("Items that cannot be understood are counted")
    func skipped() async throws {
        let body = #"{"data":[7,{"id":"1"},\#(Self.page([1]).dropFirst(9).dropLast(2))]}"#
        try await StubUpstream.serve(Self.answers(.json(body))) { stub in
            let page = try await source(stub.address).page(of: .golang, after: nil)
            #expect(page.posts.count == 1)
            #expect(page.skipped == 2)
        }
    }

    @Test("A page that names itself as the next is the last")
    func selfReference() async throws {
        try await StubUpstream.serve(Self.answers(.json(Self.page([1], after: "A")))) { stub in
            let source = source(stub.address)
            let first = try await source.page(of: .golang, after: nil)
            let second = try await source.page(of: .golang, after: Cursor("A"))
            #expect(first.next == Cursor("A") && second.next == nil)
        }
    }

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
            {"error":{"message":"Malformed access token \(Self.token) EAAB%7Cs3cret%2F%2B%3D","type":"OAuthException",\
            "code":\(code),"fbtrace_id":"A"}}
            """
        try await StubUpstream.serve({ _ in .json(body, status: status) }) { stub in
            #expect(await error(source(stub.address))?.kind == kind)
        }
    }

    @Test(
        "A status without the service's own error is understood",
        arguments: [
            (401, .tokenInvalid), (403, .permissionMissing), (404, .unusableAnswer), (429, .rateLimited),
            (500, .temporary), (502, .temporary), (503, .temporary), (200, .unusableAnswer),
        ] as [(Int, SourceError.Kind)]
    )
    func statuses(_ status: Int, _ kind: SourceError.Kind) async throws {
        try await StubUpstream.serve({ target in .json("<html>\(target)</html>", status: status) }) { stub in
            #expect(await error(source(stub.address))?.kind == kind)
        }
    }

    @Test("Retry-After in seconds is obeyed", arguments: [(429, "90"), (503, "90")])
    func retryAfter(_ status: Int, _ value: String) async throws {
        try await StubUpstream.serve({ _ in .json("", status: status, headers: ["Retry-After": value]) }) { stub in
            #expect(await error(source(stub.address))?.remedy == .wait(.seconds(90)))
        }
    }

    @Test("A wait that the service names to one hashtag holds for all")
    func sharedWait() async throws {
        try await StubUpstream.serve({ _ in .json("", status: 429, headers: ["Retry-After": "90"]) }) { stub in
            let source = source(stub.address)
            #expect(await error(source) == .rateLimited(retryAfter: .seconds(90)))
            let second = await #expect(throws: SourceError.self) { try await source.page(of: .swift, after: nil) }
            #expect(second == .rateLimited(retryAfter: .seconds(90)))
            #expect(stub.requests.count == 1)
        }
    }

    @Test("A redirect is not followed, and what it says is not told", arguments: [301, 302, 307, 308])
    func redirect(_ status: Int) async throws {
        try await StubUpstream.serve({ target in .json("", status: status, headers: ["Location": "/elsewhere\(target)"])
        }) {
            stub in
            let error = await error(source(stub.address))
            #expect(error == .unusableAnswer("a redirect (HTTP \(status)), which is not followed"))
            #expect(stub.targets.count == 1)
        }
    }

    @Test("A client that follows redirects after all gives no posts")
    func wrongClient() async throws {
        try await HTTPClient.withHTTPClient { client in
            try await StubUpstream.serve({ target in
                target.contains("/elsewhere")
                    ? .json(Self.found) : .json("", status: 302, headers: ["Location": "/elsewhere"])
            }) { stub in
                let source = InstagramGraphAPI(
                    baseURL: stub.address, userID: "1", accessToken: Secret(Self.token), client: client,
                    store: MemoryPostStore()
                )
                #expect(await error(source) == .unusableAnswer("it came after a redirect"))
            }
        }
    }

    @Test(
        "An answer that breaks off is an error",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":[", "HTTP/1.1 200 OK\r\nContent-", "",
            "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"data\":[",
        ]
    )
    func truncated(_ bytes: String) async throws {
        try await StubUpstream.serve({ _ in .raw(bytes) }) { stub in
            #expect(await error(source(stub.address))?.remedy == .backOff)
        }
    }

    @Test(
        "An answer that stalls is given up",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":["]
    )
    func stalled(_ bytes: String) async throws {
        var limits = UpstreamLimits()
        limits.wholeAnswer = .milliseconds(100)
        try await StubUpstream.serve({ _ in .stall(bytes) }) { [limits] stub in
            #expect(await error(source(stub.address, limits: limits))?.kind == .unreachable)
        }
    }

    @Test("An answer that is too large is not read")
    func tooLarge() async throws {
        var limits = UpstreamLimits()
        limits.answerBytes = 100_000
        let announced = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n{"
        for answer in [StubUpstream.Answer.endless, .stall(announced)] {
            try await StubUpstream.serve({ _ in answer }) { [limits] stub in
                let error = await error(source(stub.address, limits: limits))
                #expect(error == .unusableAnswer("it is larger than 100000 bytes"))
            }
        }
    }

    @Test("A server that is not there and an address that is none are told without the query")
    func unreachable() async throws {
        let gone = Mutex("")
        try await StubUpstream.serve({ _ in .raw("") }) { stub in gone.withLock { $0 = stub.address } }
        #expect(
            await error(source(gone.withLock { $0 }))
                == .unreachable("nothing listens there (connection refused)")
        )
        for address in [gone.withLock { $0 }, "http://", "nonsense", "ftp://host", "http://no-such-host.invalid"] {
            let error = await error(source(address))
            #expect(error?.kind == .unreachable, "\(address)")
            #expect(error?.description.contains("access_token") == false)
        }
    }

    @Test("A crawl that is stopped stops the request")
    func cancelled() async throws {
        try await StubUpstream.serve({ _ in .stall("") }) { stub in
            let source = source(stub.address)
            let task = Task { await error(source) }
            await stub.asked(1)
            task.cancel()
            #expect(await task.value == .cancelled)
        }
    }

    @Test("Usage is read, and no call is made when the allowance is used up until it is regained")
    func usage() async throws {
        let clock = Mutex<Int64>(1_000)
        let percent = Mutex(80)
        let answer: @Sendable (String) -> StubUpstream.Answer = { target in
            let usage = """
                {"1":[{"type":"instagram","call_count":\(percent.withLock { $0 }),"total_cputime":1,"total_time":1,\
                "estimated_time_to_regain_access":2}]}
                """
            let body = target.contains("ig_hashtag_search") ? Self.found : Self.page([1])
            return .json(body, headers: ["X-Business-Use-Case-Usage": usage])
        }
        try await StubUpstream.serve(answer) { stub in
            let source = source(stub.address) { clock.withLock { $0 } }
            #expect(source.usage == nil)
            _ = try await source.page(of: .golang, after: nil)
            #expect(source.usage?.percent == 80)
            percent.withLock { $0 = 100 }
            _ = try await source.page(of: .golang, after: nil)
            let calls = stub.targets.count
            clock.withLock { $0 += 30 }
            #expect(await error(source) == .rateLimited(retryAfter: .seconds(90)))
            #expect(stub.targets.count == calls)
            clock.withLock { $0 += 90 }
            percent.withLock { $0 = 1 }
            _ = try await source.page(of: .golang, after: nil)
            #expect(source.usage?.percent == 1)
        }
    }

    @Test("A cursor that is refused does not stop the hashtag")
    func expiredCursor() async throws {
        let refusal = #"{"error":{"message":"Invalid cursor","code":100}}"#
        let answer: @Sendable (String) -> StubUpstream.Answer = { target in
            if target.contains("ig_hashtag_search") { return .json(Self.found) }
            return target.contains("after=") ? .json(refusal, status: 400) : .json(Self.page([1], after: "A"))
        }
        try await StubUpstream.serve(answer) { stub in
            let source = source(stub.address)
            let cursor = try await source.page(of: .golang, after: nil).next
            let error = await #expect(throws: SourceError.self) {
                try await source.page(of: .golang, after: cursor)
            }
            #expect(error?.remedy == .backOff)
        }
    }

    @Test("Nothing that the source is made of shows the token")
    func dumped() {
        var text = ""
        dump(source("http://127.0.0.1:1"), to: &text)
        #expect(!text.contains("EAAB") && text.contains("[redacted]"))
    }
}
