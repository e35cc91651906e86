import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Sandbox

/// Flickr's public feed.
@Suite struct FlickrRoutesTests {
    struct Feed: Decodable { let items: [Item] }
    struct Item: Decodable {
        let link: String
        let media: [String: String]
        let published: String
        let author: String
        let tags: String
    }

    private static let path = "/services/feeds/photos_public.gne?format=json&nojsoncallback=1"

    private func items(_ client: GraphClient, _ query: String) async throws -> [Item] {
        let response = try await client.send("\(Self.path)&\(query)")
        #expect(response.status == .ok)
        return try JSONDecoder().decode(Feed.self, from: Data(response.body.readableBytesView)).items
    }

    @Test func `Twenty photos, newest first, with small pictures that are there`() async throws {
        try await GraphClient.with { client in
            let items = try await items(client, "tags=golang")
            #expect(items.count == 20)
            #expect(items.map(\.published) == items.map(\.published).sorted(by: >))
            #expect(Set(items.map(\.author)).count > 1)
            for item in items {
                let picture = try #require(item.media["m"])
                #expect(picture.hasSuffix("_m.png"))
                #expect(try await client.send(picture, method: .head).status == .ok)
                #expect(item.tags.split(separator: " ").contains("golang"))
            }
        }
    }

    @Test func `Several tags are all wanted, or any of them`() async throws {
        try await GraphClient.with { client in
            let all = try await items(client, "tags=golang,calm&tagmode=all")
            #expect(!all.isEmpty && all.allSatisfy { $0.tags.split(separator: " ").contains("calm") })
            let any = try await items(client, "tags=golang,swift&tagmode=any")
            #expect(any.contains { $0.tags.contains("golang") } && any.contains { $0.tags.contains("swift") })
            #expect(try await items(client, "tags=nosuchtag").isEmpty)
        }
    }

    @Test func `Without nojsoncallback it is a script, and other formats are refused`() async throws {
        try await GraphClient.with { client in
            let script = try await client.send("/services/feeds/photos_public.gne?format=json&tags=golang")
            #expect(String(buffer: script.body).hasPrefix("jsonFlickrFeed({"))
            let atom = try await client.send("/services/feeds/photos_public.gne?tags=golang")
            #expect(atom.status == .badRequest)
        }
    }
}
