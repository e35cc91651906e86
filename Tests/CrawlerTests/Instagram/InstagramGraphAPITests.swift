import AsyncHTTPClient
import Posts
import Storage
import Synchronization
import Testing
import Upstreams

/// Requests and pages, against a server whose responses a test determines byte by byte.
@Suite struct InstagramGraphAPITests {
    @Test("The requests are those that are documented, the token in the query and nowhere else")
    func requests() async throws {
        try await StubUpstream.serve(GraphFixture.answers(.json(GraphFixture.page([1], after: "QVF+/=")))) { stub in
            let source = GraphFixture.source(stub.address)
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
        try await StubUpstream.serve(GraphFixture.answers(.json(GraphFixture.page([1])))) { stub in
            let store = MemoryPostStore()
            for _ in 1...2 {
                let source = GraphFixture.source(stub.address, store: store)
                for _ in 1...2 { _ = try await source.page(of: .golang, after: nil) }
            }
            #expect(stub.targets.count { $0.contains("ig_hashtag_search") } == 1)
            #expect(store.sourceID(of: .golang, source: "instagram") == "17873440459141021")
        }
    }

    @Test("A store that fails costs no second search while the source lives")
    func brokenStore() async throws {
        try await StubUpstream.serve(GraphFixture.answers(.json(GraphFixture.page([1])))) { stub in
            let store = FailingStore()
            store.breakDown(reading: true, writing: true)
            let source = GraphFixture.source(stub.address, store: store)
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
            #expect(await GraphFixture.error(GraphFixture.source(stub.address))?.kind == .unusableResponse)
            #expect(stub.targets.count == 1)
        }
    }

    @Test("A search that finds nothing means that the hashtag is unknown")
    func nothingFound() async throws {
        try await StubUpstream.serve({ _ in .json(#"{"data":[]}"#) }) { stub in
            #expect(await GraphFixture.error(GraphFixture.source(stub.address)) == .hashtagUnknown)
        }
    }

    @Test("Items that cannot be understood are counted")
    func skipped() async throws {
        let body = #"{"data":[7,{"id":"1"},\#(GraphFixture.page([1]).dropFirst(9).dropLast(2))]}"#
        try await StubUpstream.serve(GraphFixture.answers(.json(body))) { stub in
            let page = try await GraphFixture.source(stub.address).page(of: .golang, after: nil)
            #expect(page.posts.count == 1)
            #expect(page.skipped == 2)
        }
    }

    @Test func `A cursor that is the same on every page is followed, as is documented`() async throws {
        let count = Mutex(0)
        let answer: @Sendable (String) -> StubUpstream.Answer = { target in
            if target.contains("ig_hashtag_search") { return .json(GraphFixture.found) }
            let page = count.withLock { count in
                count += 1
                return count
            }
            return .json(GraphFixture.page([page], after: page < 3 ? "same" : nil))
        }
        try await StubUpstream.serve(answer) { stub in
            let source = GraphFixture.source(stub.address)
            var cursors: [SourceCursor] = []
            var ids: [String] = []
            repeat {
                let page = try await source.page(of: .golang, after: cursors.last)
                ids += page.posts.map(\.id.value)
                guard let next = page.next else { break }
                cursors.append(next)
            } while cursors.count < 10
            #expect(ids == ["1", "2", "3"])
            #expect(Set(cursors).count == 2, "a crawl may take a cursor that it has seen for a circle")
            #expect(stub.targets.count { $0.contains("after=same") } == 2)
        }
    }

    @Test func `The top posts follow on the last of the recent ones, which may be none`() async throws {
        let answer: @Sendable (String) -> StubUpstream.Answer = { target in
            if target.contains("ig_hashtag_search") { return .json(GraphFixture.found) }
            return .json(target.contains("top_media") ? GraphFixture.page([7], after: "T") : GraphFixture.page([]))
        }
        try await StubUpstream.serve(answer) { stub in
            let source = GraphFixture.source(stub.address, media: [.recent, .top])
            let recent = try await source.page(of: .golang, after: nil)
            #expect(recent.posts.isEmpty)
            let first: SourceCursor = try #require(recent.next)
            let top = try await source.page(of: .golang, after: first)
            #expect(top.posts.map(\.id.value) == ["7"])
            let second: SourceCursor = try #require(top.next)
            _ = try await source.page(of: .golang, after: second)
            #expect(
                stub.targets.map { $0.split(separator: "?")[0].split(separator: "/").last } == [
                    "ig_hashtag_search", "recent_media", "top_media", "top_media",
                ])
            #expect(stub.targets.last?.contains("after=T&") == true)
        }
    }

    @Test(arguments: ["", "A", "recent_media", "recent_media:0:A", "recent_media:x:A", "stories:1:A", "top_media:1"])
    func `A cursor of another source is refused without a request`(_ cursor: String) async throws {
        try await StubUpstream.serve({ _ in .json("{}") }) { stub in
            let source = GraphFixture.source(stub.address)
            let error = await #expect(throws: SourceError.self) {
                try await source.page(of: .golang, after: SourceCursor(cursor))
            }
            #expect(error?.kind == .unusableResponse && stub.targets.isEmpty)
        }
    }

    @Test(arguments: [(3_601, 0), (3_600, 1), (0, 1), (-10, 1)] as [(Int64, Int)])
    func `A post that is dated more than an hour ahead waits for its time`(_ ahead: Int64, _ count: Int) async throws {
        try await StubUpstream.serve(GraphFixture.answers(.json(GraphFixture.page([1])))) { stub in
            // 2026-07-01T12:34:56Z
            let source = GraphFixture.source(stub.address) { 1_782_909_296 - ahead }
            let page = try await source.page(of: .golang, after: nil)
            #expect(page.posts.count == count && page.skipped == 1 - count)
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
            let body = target.contains("ig_hashtag_search") ? GraphFixture.found : GraphFixture.page([1])
            return .json(body, headers: ["X-Business-Use-Case-Usage": usage])
        }
        try await StubUpstream.serve(answer) { stub in
            let source = GraphFixture.source(stub.address) { clock.withLock { $0 } }
            #expect(source.usage == nil)
            _ = try await source.page(of: .golang, after: nil)
            #expect(source.usage?.percent == 80)
            percent.withLock { $0 = 100 }
            _ = try await source.page(of: .golang, after: nil)
            let calls = stub.targets.count
            clock.withLock { $0 += 30 }
            #expect(await GraphFixture.error(source) == .rateLimited(retryAfter: .seconds(90)))
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
            if target.contains("ig_hashtag_search") { return .json(GraphFixture.found) }
            return target.contains("after=") ? .json(refusal, status: 400) : .json(GraphFixture.page([1], after: "A"))
        }
        try await StubUpstream.serve(answer) { stub in
            let source = GraphFixture.source(stub.address)
            let cursor = try await source.page(of: .golang, after: nil).next
            let error = await #expect(throws: SourceError.self) {
                try await source.page(of: .golang, after: cursor)
            }
            #expect(error?.remedy == .backOff)
        }
    }

    @Test func `Nothing that the source is made of shows the token`() async throws {
        // A separate client, because the shared one contains the requests of other tests.
        let text = try await HTTPClient.withHTTPClient { client in
            var text = ""
            dump(GraphFixture.source("http://127.0.0.1:1", client: client), to: &text)
            return text
        }
        #expect(!text.contains("EAAB") && text.contains("[redacted]"))
    }
}
