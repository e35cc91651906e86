import AsyncHTTPClient
import Posts
import Storage
import Testing
import Upstreams

/// What the tests of Instagram's source have in common: a token, answers, and a source that asks a stub.
enum GraphFixture {
    static let token = "EAAB|s3cret/+="
    static let found = #"{"data":[{"id":"17873440459141021"}]}"#

    /// A page of pictures, with a next one if there is a cursor.
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

    /// Answers a search for a hashtag with its id, and requests for media with `media`.
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

    /// The error of the first page, after a check that it does not hold the token.
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
