import Hummingbird
import HummingbirdTesting
import Testing

@testable import Sandbox

@Suite("The Graph API's errors")
struct GraphErrorTests {
    private static let user = "user_id=17841400000000000"
    private static let token = "access_token=sandbox-token"
    private static let media = "/v23.0/17843000000000000/recent_media?\(user)&\(token)"

    @Test(
        "have their codes",
        arguments: [
            ("/v23.0/ig_hashtag_search?\(user)&q=golang", 190, nil),
            ("/v23.0/ig_hashtag_search?\(user)&q=golang&access_token=wrong", 190, nil),
            ("/v23.0/ig_hashtag_search?\(user)&\(token)", 100, nil),
            ("/v23.0/ig_hashtag_search?\(user)&\(token)&q=", 100, nil),
            ("/v23.0/ig_hashtag_search?\(user)&\(token)&q=two%20words", 100, nil),
            ("/v23.0/ig_hashtag_search?q=golang&\(token)", 100, nil),
            ("/v23.0/ig_hashtag_search?user_id=1&q=golang&\(token)", 100, 33),
            ("/v23.0/ig_hashtag_search?\(user)&\(token)&q=NoSuchTag", 24, 2_207_024),
            ("/v23.0/17843000000000000/recent_media?\(user)", 190, nil),
            ("/v23.0/17843000000000000/recent_media?\(token)", 100, nil),
            ("/v23.0/17841400000000000/recent_media?\(user)&\(token)", 100, 33),
            ("/v23.0/nonsense/top_media?\(user)&\(token)", 100, 33),
            ("\(media)&fields=id,username", 100, nil),
            ("\(media)&fields=id,children%7Bcaption%7D", 100, nil),
            ("\(media)&limit=0", 100, nil),
            ("\(media)&limit=many", 100, nil),
            ("\(media)&after=nonsense", 100, nil),
            ("\(media)&after=QVFIUtabc", 100, nil),
            ("\(media)&after=QVFIUrzzzzzzzzzzzz", 100, nil),
            ("/23.0/ig_hashtag_search?\(user)&\(token)&q=golang", 2500, nil),
            ("/v23/ig_hashtag_search?\(user)&\(token)&q=golang", 2500, nil),
        ] as [(String, Int, Int?)]
    )
    func codes(uri: String, code: Int, subcode: Int?) async throws {
        try await GraphClient.with { client in
            let error = try await client.failure(uri)
            #expect(error.code == code)
            #expect(error.error_subcode == subcode)
            #expect(error.type == "OAuthException")
            #expect(!error.message.isEmpty && !error.message.contains("sandbox-token"))
            #expect(error.fbtrace_id.hasPrefix("A"))
        }
    }

    @Test(
        "anything else is 404, in JSON",
        arguments: ["/nothing", "/v23.0/a/b/c", "/media", "/v23.0/17843000000000000/stories"])
    func notFound(uri: String) async throws {
        try await GraphClient.with { client in
            let error = try await client.failure(uri, status: .notFound)
            #expect(error.code == 2500)
        }
    }

    @Test("another method is 404, in JSON")
    func method() async throws {
        try await GraphClient.with { client in
            let response = try await client.send(Self.media, method: .post)
            #expect(response.status == .notFound)
            #expect(response.headers[.contentType] == "application/json; charset=UTF-8")
        }
    }
}
