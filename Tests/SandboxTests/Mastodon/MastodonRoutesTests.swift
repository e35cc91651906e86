import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Sandbox

/// The hashtag timeline of Mastodon and Pixelfed.
@Suite struct MastodonRoutesTests {
    struct Status: Decodable {
        let id: String
        let url: String?
        let uri: String
        let sensitive: Bool
        let content: String
        let tags: [Tag]
        let media_attachments: [Attachment]
        var number: Int { Int(id) ?? -1 }
    }

    struct Tag: Decodable { let name: String }
    struct Attachment: Decodable {
        let type: String
        let url: String?
    }

    private static let path = "/api/v1/timelines/tag/golang"

    private static func statuses(_ response: TestResponse) throws -> [Status] {
        #expect(response.status == .ok)
        return try JSONDecoder().decode([Status].self, from: Data(response.body.readableBytesView))
    }

    private static func field(_ name: String, _ response: TestResponse) -> String? {
        HTTPFields.Element.Name(name).flatMap { response.headers[$0] }
    }

    @Test func `Link leads through all posts, newest first, none twice`() async throws {
        try await GraphClient.with { client in
            var ids: [Int] = []
            var path: String? = "\(Self.path)?limit=40"
            while let next = path, ids.count < 1_000 {
                let response = try await client.send(next)
                let statuses = try Self.statuses(response)
                ids += statuses.map(\.number)
                let link = Self.field("Link", response)?.split(separator: ",").first { $0.contains("rel=\"next\"") }
                path = link.map { String($0.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }) }
            }
            let world = SandboxWorld().recent(try #require(SandboxHashtag(name: "golang")), at: TestClock.start)
            #expect(ids.count == world.count { $0.content != .withheld })
            #expect(ids == ids.sorted(by: >) && Set(ids).count == ids.count)
        }
    }

    @Test func `The parameters of paging are obeyed`() async throws {
        try await GraphClient.with { client in
            func ids(_ query: String) async throws -> [Int] {
                try Self.statuses(await client.send("\(Self.path)?\(query)")).map(\.number)
            }
            let first = try await ids("limit=40")
            #expect(first.count == 40)
            #expect(try await ids("") == Array(first.prefix(20)), "20 unless it is said")
            #expect(try await ids("limit=1000") == first, "40 at most")
            #expect(try await ids("limit=5&max_id=\(first[9])") == Array(first[10..<15]))
            #expect(try await ids("limit=5&since_id=\(first[9])") == Array(first.prefix(5)), "from the newest down")
            #expect(try await ids("limit=5&min_id=\(first[9])") == Array(first[4..<9]), "from the id up")
        }
    }

    @Test func `Other hashtags are added, demanded and excluded`() async throws {
        try await GraphClient.with(SandboxConfiguration(historyCount: 60)) { client in
            func statuses(_ query: String) async throws -> [Status] {
                try Self.statuses(await client.send("\(Self.path)?limit=40&\(query)"))
            }
            let plain = try await statuses("")
            #expect(plain.allSatisfy { $0.tags.map(\.name).contains("golang") })
            let any = try await statuses("any%5B%5D=swift&any[]=rust")
            #expect(any.contains { $0.tags.map(\.name).contains("swift") })
            #expect(any.contains { $0.tags.map(\.name).contains("rust") })
            #expect(Set(any.map(\.id)).count == any.count, "ids differ between hashtags")
            let all = try await statuses("all[]=calm")
            #expect(!all.isEmpty && all.allSatisfy { $0.tags.map(\.name).contains("calm") })
            let none = try await statuses("none[]=calm")
            #expect(none.allSatisfy { !$0.tags.map(\.name).contains("calm") })
        }
    }

    @Test func `There are odd ones among the statuses`() async throws {
        try await GraphClient.with(SandboxConfiguration(historyCount: 1_000)) { client in
            var statuses: [Status] = []
            for _ in 1...20 {
                let end = statuses.last.map { "&max_id=\($0.id)" } ?? ""
                statuses += try Self.statuses(await client.send("\(Self.path)?limit=40\(end)"))
            }
            #expect(statuses.contains(where: \.sensitive) && statuses.contains { !$0.sensitive })
            #expect(statuses.contains { $0.url == nil })
            let attachments = statuses.flatMap(\.media_attachments)
            #expect(Set(attachments.map(\.type)) == ["image", "video", "gifv", "audio", "unknown"])
            #expect(attachments.contains { $0.type == "image" && $0.url == nil })
            #expect(statuses.contains { $0.content.contains("&amp;") && $0.content.contains("<br />") })
        }
    }

    @Test(arguments: ["nosuchtag", "two%20words", "365", "%F0%9F%98%80"])
    func `A hashtag that does not exist has no posts`(_ tag: String) async throws {
        try await GraphClient.with { client in
            let response = try await client.send("/api/v1/timelines/tag/\(tag)")
            #expect(try Self.statuses(response).isEmpty)
            #expect(Self.field("Link", response) == nil)
        }
    }

    @Test func `After 300 requests in 5 minutes there is a pause`() async throws {
        let clock = TestClock()
        try await GraphClient.with(clock: clock) { client in
            for left in (0..<300).reversed() {
                let response = try await client.send("\(Self.path)?limit=1")
                #expect(Self.field("X-RateLimit-Remaining", response) == "\(left)")
            }
            let refusal = try await client.send(Self.path)
            #expect(refusal.status == .tooManyRequests)
            #expect(Self.field("X-RateLimit-Reset", refusal) == "2026-11-24T06:05:00.000Z")
            clock.advance(by: 300)
            #expect(try await client.send(Self.path).status == .ok)
        }
    }

    @Test(arguments: [(SandboxConfiguration.Manners.mastodon, 401), (.pixelfed, 403)])
    func `A server that wants a token refuses in its own way`(
        _ manners: SandboxConfiguration.Manners, _ code: Int
    ) async throws {
        try await GraphClient.with(SandboxConfiguration(manners: manners, mastodonToken: "t0ken")) { client in
            #expect(try await client.send(Self.path).status.code == code)
            #expect(try await client.send(Self.path, headers: [.authorization: "Bearer wrong"]).status.code == code)
            #expect(try await client.send(Self.path, headers: [.authorization: "Bearer t0ken"]).status == .ok)
            let instance = try await client.send("/api/v2/instance")
            #expect(String(buffer: instance.body).contains(#""hashtag_feeds":{"local":"authenticated""#))
        }
    }

    @Test func `Pixelfed has no Link, no rate limit, and knows no other hashtags`() async throws {
        try await GraphClient.with(SandboxConfiguration(manners: .pixelfed)) { client in
            let response = try await client.send("\(Self.path)?any[]=swift&all[]=nothing&since_id=9999999999999999999")
            #expect(try Self.statuses(response).count == 20)
            #expect(Self.field("Link", response) == nil && Self.field("X-RateLimit-Limit", response) == nil)
        }
    }
}
