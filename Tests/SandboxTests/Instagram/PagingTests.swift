import FoundationEssentials
import Testing

@testable import Sandbox

@Suite("Paging")
struct PagingTests {
    @Test("visits every post exactly once", arguments: MediaEdge.allCases, [nil, 7, 50, 1000] as [Int?])
    func everyPost(edge: MediaEdge, limit: Int?) async throws {
        try await GraphClient.with { client in
            let id = try await client.id(of: "golang")
            let parameters = limit.map { "&limit=\($0)" } ?? ""
            let pages = try await Self.pages(client, "\(id)/\(edge.rawValue)", parameters)
            let size = min(limit ?? 25, 50)
            #expect(pages.dropLast().allSatisfy { $0.data.count == size })
            let world = SandboxWorld()
            let hashtag = try #require(SandboxHashtag(id: id))
            let expected =
                edge == .recent ? world.recent(hashtag, at: TestClock.start) : world.top(hashtag, at: TestClock.start)
            #expect(pages.flatMap(\.data).map(\.id) == expected.map(\.id))
        }
    }

    @Test("the next page's address keeps the parameters, the token among them")
    func next() async throws {
        var configuration = SandboxConfiguration()
        configuration.accessToken = "secret&token/1"
        try await GraphClient.with(configuration) { client in
            let id = try #require(SandboxHashtag(name: "golang")).id
            let start =
                "/v23.0/\(id)/recent_media?user_id=17841400000000000&limit=2&fields=id,children%7Bid,media_url%7D"
                + "&access_token=secret%26token%2F1"
            let page = try await Self.page(client, start)
            let next = try #require(page.paging?.next)
            let cursor = try #require(page.paging?.cursors.after)
            #expect(
                next == "http://localhost/v23.0/\(id)/recent_media?access_token=secret%26token%2F1"
                    + "&user_id=17841400000000000&fields=id%2Cchildren%7Bid%2Cmedia_url%7D&limit=2&after=\(cursor)"
            )
            #expect(try await Self.page(client, next).data.count == 2)
        }
    }

    @Test("a cursor goes on behind the same post while new ones arrive", arguments: MediaEdge.allCases)
    func stableCursor(edge: MediaEdge) async throws {
        let clock = TestClock()
        try await GraphClient.with(clock: clock) { client in
            let id = try await client.id(of: "golang")
            let first: GraphAnswer.List = try await client.get("\(id)/\(edge.rawValue)", "&limit=20")
            let next = try #require(first.paging?.next)
            let before = try await Self.page(client, next).data.map(\.id)
            clock.advance(by: 60)
            let after = try await Self.page(client, next).data.map(\.id)
            switch edge {
            case .recent: #expect(after == before)
            // Posts that arrived or left may stand between.
            case .top: #expect(Set(after).intersection(before).count >= 10)
            }
            #expect(Set(after).isDisjoint(with: first.data.map(\.id)))
        }
    }

    @Test("the last page has no next, and beyond it there is nothing")
    func end() async throws {
        let clock = TestClock()
        try await GraphClient.with(clock: clock) { client in
            let id = try await client.id(of: "golang")
            let pages = try await Self.pages(client, "\(id)/recent_media", "&limit=50")
            let last = try #require(pages.last)
            #expect(last.data.count == 40)
            let cursor = try #require(last.paging?.cursors.after)
            let beyond: GraphAnswer.List = try await client.get("\(id)/recent_media", "&after=\(cursor)")
            #expect(beyond.data.isEmpty && beyond.paging == nil)
            // A cursor whose post has left the history.
            clock.advance(by: 86_400)
            let late: GraphAnswer.List = try await client.get("\(id)/recent_media", "&after=\(cursor)")
            #expect(late.data.isEmpty)
        }
    }

    private static func page(_ client: GraphClient, _ uri: String) async throws -> GraphAnswer.List {
        let response = try await client.send(uri)
        return try JSONDecoder().decode(GraphAnswer.List.self, from: Data(response.body.readableBytesView))
    }

    private static func pages(
        _ client: GraphClient,
        _ path: String,
        _ parameters: String
    ) async throws -> [GraphAnswer.List] {
        var pages: [GraphAnswer.List] = [try await client.get(path, parameters)]
        while let next = pages.last?.paging?.next {
            #expect(next.contains("access_token=sandbox-token"))
            // Ten times the history: a cursor that goes round in circles ends the test.
            try #require(pages.count < 2400)
            pages.append(try await page(client, next))
        }
        return pages
    }
}
