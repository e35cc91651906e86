import Hummingbird
import Testing

@testable import Sandbox

@Suite struct RequestCountTests {
    @Test func `Requests are counted by route and by hashtag, also those that meet a fault`() async throws {
        let configuration = SandboxConfiguration(faults: [try FaultRule("graph:top_media=500")])
        try await GraphClient.with(configuration) { client in
            let id = try await client.id(of: "golang")
            for edge in ["recent_media", "recent_media", "top_media"] {
                _ = try await client.send(client.address("\(id)/\(edge)"))
            }
            _ = try await client.send("/api/v1/timelines/tag/%47oLang")
            _ = try await client.send("/services/feeds/photos_public.gne?format=json&tags=swift")
            _ = try await client.send("/media/nonsense")
            _ = try await client.send("/v23.0/17843000000000000?access_token=x")
            _ = try await client.send("/nothing")
            let body = String(buffer: try await client.send("/sandbox/requests").body)
            #expect(
                body == """
                    {"requests":{"flickr:feed":1,"graph:hashtag":1,"graph:ig_hashtag_search":1,"graph:recent_media":2,\
                    "graph:top_media":1,"mastodon:timeline":1,"media:file":1},\
                    "hashtags":{"17843000000000000":{"graph:hashtag":1},\
                    "golang":{"graph:ig_hashtag_search":1,"graph:recent_media":2,"graph:top_media":1,\
                    "mastodon:timeline":1},"swift":{"flickr:feed":1}}}
                    """)
        }
    }
}
