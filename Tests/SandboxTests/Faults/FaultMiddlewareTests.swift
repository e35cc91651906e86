import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Sandbox

/// What clients get when a fault is shown.
@Suite struct FaultMiddlewareTests {
    private static let timeline = "/api/v1/timelines/tag/golang"

    private func answer(
        _ fault: String, _ path: String = Self.timeline
    ) async throws -> TestResponse {
        let configuration = SandboxConfiguration(faults: [try FaultRule("*=\(fault)")])
        return try await GraphClient.with(configuration) { try await $0.send(path) }
    }

    @Test(arguments: [("500", 500, nil), ("429:60", 429, "60"), ("503:0", 503, "0"), ("401", 401, nil)])
    func `A status comes with the time to come back`(_ fault: String, _ code: Int, _ wait: String?) async throws {
        let answer = try await answer(fault)
        #expect(answer.status.code == code)
        #expect(answer.headers[.retryAfter] == wait)
    }

    @Test func `Half of an answer is no JSON, and comes whole`() async throws {
        let half = try await answer("truncate")
        let whole = try await GraphClient.with { try await $0.send(Self.timeline) }
        #expect(half.status == .ok)
        #expect(half.headers[.contentLength] == "\(half.body.readableBytes)")
        #expect(String(buffer: whole.body).hasPrefix(String(buffer: half.body)))
        #expect(half.body.readableBytes == whole.body.readableBytes / 2)
    }

    @Test func `A redirect leads elsewhere with the query`() async throws {
        let answer = try await answer("redirect", "/v23.0/ig_hashtag_search?q=golang&access_token=sandbox-token")
        #expect(answer.status == .found)
        #expect(answer.headers[.location] == "http://redirected.invalid/?q=golang&access_token=sandbox-token")
    }

    @Test(arguments: [
        "/v23.0/17843000000000000/recent_media", "/api/v1/timelines/tag/golang",
        "/services/feeds/photos_public.gne?format=json",
    ])
    func `Wrong types are JSON all the same`(_ path: String) async throws {
        let answer = try await answer("wrong-types", path)
        #expect(throws: Never.self) {
            _ = try JSONDecoder().decode(JSONObject.self, from: Data(answer.body.readableBytesView))
        }
    }

    /// Any JSON object.
    private struct JSONObject: Decodable {
        init(from decoder: any Decoder) throws {
            _ = try decoder.container(keyedBy: Key.self)
        }

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { return nil }
        }
    }

    @Test func `An error of the Graph API can say in how many minutes calls are taken again`() async throws {
        let path = "/v23.0/17843000000000000/recent_media"
        let answer = try await answer("error:4/7:12", path)
        #expect(answer.status == .badRequest)
        let failure = try JSONDecoder().decode(GraphAnswer.Refusal.self, from: Data(answer.body.readableBytesView))
        #expect(failure.error.code == 4 && failure.error.error_subcode == 7)
        let usage = try #require(HTTPFields.Element.Name("X-Business-Use-Case-Usage"))
        #expect(answer.headers[usage]?.contains(#""call_count":100"#) == true)
        #expect(answer.headers[usage]?.contains(#""estimated_time_to_regain_access":12"#) == true)
        #expect(try await self.answer("error:190", path).headers[usage] == nil)
    }

    @Test func `A usage stands in the headers of the usual answer`() async throws {
        let path = "/v23.0/ig_hashtag_search?user_id=17841400000000000&q=golang&access_token=sandbox-token"
        let answer = try await answer("usage:83", path)
        let usage = try #require(HTTPFields.Element.Name("X-App-Usage"))
        #expect(answer.status == .ok)
        #expect(answer.headers[usage] == #"{"call_count":83,"total_time":83,"total_cputime":83}"#)
    }
}
