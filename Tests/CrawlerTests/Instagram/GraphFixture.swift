import AsyncHTTPClient
import Posts
import Storage
import Testing
import Upstreams

/// Helpers for the tests of Instagram's source: a token, responses, and a source that uses a stub.
enum GraphFixture {
    static let token = "EAAB|s3cret/+="
    static let found = #"{"data":[{"id":"17873440459141021"}]}"#

    /// A page of pictures. With a cursor it has a next page.
    static func page(_ ids: [Int], after: String? = nil) -> String {
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

    /// Responds to a search for a hashtag with its ID, and to requests for media with `media`.
    static func answers(_ media: StubUpstream.Answer) -> @Sendable (String) -> StubUpstream.Answer {
        { $0.contains("ig_hashtag_search") ? .json(found) : media }
    }

    static func source(
        _ address: String, media: [InstagramGraphAPI.Edge] = [.recent], client: HTTPClient = TestClient.shared,
        store: any PostStore = MemoryPostStore(), limits: UpstreamLimits = UpstreamLimits(),
        now: @escaping @Sendable () -> Int64 = { 1_900_000_000 }
    ) -> InstagramGraphAPI {
        InstagramGraphAPI(
            baseURL: "\(address)/v23.0/", userID: "17841400000000000", accessToken: Secret(token), media: media,
            client: client, store: store, limits: limits, now: now
        )
    }

    /// Returns the error of the first page, after checking that it does not contain the token.
    static func error(_ source: InstagramGraphAPI) async -> SourceError? {
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
}
