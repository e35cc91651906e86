import Testing

@testable import Sandbox

@Suite("The posts of a hashtag")
struct MediaNodeTests {
    private static let all =
        "id,caption,children%7Bid,media_type,media_url,permalink%7D,comments_count,like_count,media_type,media_url"
        + ",permalink,timestamp"

    @Test("have all fields that are asked for, as the world has them")
    func allFields() async throws {
        try await GraphClient.with { client in
            let id = try await client.id(of: "golang")
            let hashtag = try #require(SandboxHashtag(name: "golang"))
            let posts = SandboxWorld().recent(hashtag, at: TestClock.start, limit: 50)
            let list: GraphAnswer.List = try await client.get("\(id)/recent_media", "&limit=50&fields=\(Self.all)")
            #expect(list.data.count == 50)
            for (node, post) in zip(list.data, posts) {
                #expect(node.id == post.id)
                #expect(node.caption == post.caption)
                #expect(node.comments_count == post.commentsCount)
                #expect(node.like_count == post.likeCount)
                #expect(node.media_type == post.mediaType)
                let path = post.medium?.path(at: TestClock.start, lifetime: .seconds(345_600))
                #expect(node.media_url == path.map { "http://localhost" + $0 })
                #expect(node.permalink == post.permalink)
                #expect(node.timestamp == post.timestamp)
                #expect(node.children?.data.map(\.id) ?? [] == post.children.map(\.id))
                #expect((node.media_type == "CAROUSEL_ALBUM") == (node.children != nil))
            }
            #expect(list.data.contains { $0.children != nil })
        }
    }

    @Test("have addresses with & in their queries")
    func addresses() async throws {
        try await GraphClient.with { client in
            let id = try await client.id(of: "golang")
            let list: GraphAnswer.List = try await client.get("\(id)/recent_media", "&limit=50&fields=\(Self.all)")
            let addresses =
                list.data.compactMap(\.media_url)
                + list.data.flatMap { $0.children?.data.compactMap(\.media_url) ?? [] }
            #expect(addresses.count > 40)
            let pattern = try Regex(
                "http://localhost/media/1(79|80)[0-9]{14}\\.(png|mp4)\\?[a-z]+=[^&]+(&[_a-z]+=[^&]+){3}")
            for address in addresses {
                #expect(try pattern.wholeMatch(in: address) != nil, "\(address)")
            }
        }
    }

    @Test(
        "have the fields that are asked for and the id, and no others",
        arguments: [
            ("", #"{"id":""#), ("&fields=id", #"{"id":""#), ("&fields=media_type,id", #"{"media_type":""#),
            ("&fields=timestamp", #"{"timestamp":"2026-11-24T"#),
        ]
    )
    func someFields(parameters: String, start: String) async throws {
        try await GraphClient.with { client in
            let id = try await client.id(of: "golang")
            let path = client.address("\(id)/recent_media", "&limit=1" + parameters)
            let body = String(buffer: try await client.send(path).body)
            #expect(body.hasPrefix(#"{"data":["# + start))
            let list: GraphAnswer.List = try await client.get("\(id)/recent_media", "&limit=1" + parameters)
            let node = try #require(list.data.first)
            #expect(node.id.count == 17)
            #expect(node.caption == nil && node.permalink == nil && node.media_url == nil)
            #expect((node.timestamp != nil) == parameters.contains("timestamp"))
            #expect((node.media_type != nil) == parameters.contains("media_type"))
        }
    }

    @Test("are there for an id that this sandbox never gave out")
    func unsearched() async throws {
        let id = try #require(SandboxHashtag(name: "golang")).id
        let stranger = try await GraphClient.with { client in
            try await client.get("\(id)/recent_media", "&fields=media_url,caption", as: GraphAnswer.List.self).data
        }
        let searcher = try await GraphClient.with { client in
            _ = try await client.id(of: "golang")
            return try await client.get("\(id)/recent_media", "&fields=media_url,caption", as: GraphAnswer.List.self)
                .data
        }
        #expect(stranger.map(\.media_url) == searcher.map(\.media_url))
        #expect(searcher.allSatisfy { $0.caption?.contains("#golang") == true })
    }
}
