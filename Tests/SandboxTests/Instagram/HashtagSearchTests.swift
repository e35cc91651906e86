import Hummingbird
import HummingbirdTesting
import Testing

@testable import Sandbox

@Suite("Searching a hashtag")
struct HashtagSearchTests {
    @Test("gives its id, under any version", arguments: ["v23.0", "v1.0", "v99.12"])
    func search(version: String) async throws {
        try await GraphClient.with { client in
            let uri = "/\(version)/ig_hashtag_search?user_id=17841400000000000&q=%23GoLang&access_token=sandbox-token"
            let response = try await client.send(uri)
            #expect(response.status == .ok)
            #expect(
                String(buffer: response.body) == #"{"data":[{"id":"\#(SandboxHashtag(name: "golang")?.id ?? "")"}]}"#)
        }
    }

    @Test("tells the usage of the rate limit, also with an error", arguments: ["golang", "nosuchtag"])
    func usage(name: String) async throws {
        try await GraphClient.with { client in
            let headers = try await client.send(client.address("ig_hashtag_search", "&q=\(name)")).headers
            let names = ["X-App-Usage", "X-Business-Use-Case-Usage"].compactMap { HTTPFields.Element.Name($0) }
            #expect(headers[names[0]] == #"{"call_count":0,"total_time":0,"total_cputime":0}"#)
            #expect(headers[names[1]]?.hasPrefix(#"{"17841400000000000":[{"type":"instagram","call_count":0,"#) == true)
        }
    }

    @Test("allows 30 different hashtags in 7 days, and again as the oldest leave")
    func quota() async throws {
        let clock = TestClock()
        try await GraphClient.with(clock: clock) { client in
            for number in 1...30 {
                _ = try await client.id(of: "tag\(number)")
                clock.advance(by: 60)
            }
            let more = client.address("ig_hashtag_search", "&q=tag31")
            #expect(try await client.failure(more).code == 18)
            // Asking again for a known one is free, and does not renew it.
            _ = try await client.id(of: "tag1")
            _ = try await client.id(of: "#TAG30")
            #expect(try await client.failure(more).code == 18)
            clock.advance(by: 7 * 86_400 - 30 * 60)
            _ = try await client.id(of: "tag31")
            #expect(try await client.failure(client.address("ig_hashtag_search", "&q=tag32")).code == 18)
        }
    }

    @Test("a hashtag that does not exist does not count")
    func missingIsFree() async throws {
        try await GraphClient.with { client in
            for number in 1...40 {
                #expect(try await client.failure(client.address("ig_hashtag_search", "&q=nosuch\(number)")).code == 24)
            }
            _ = try await client.id(of: "golang")
        }
    }

    @Test("is remembered in the list of recent searches, the latest first")
    func recentSearches() async throws {
        let clock = TestClock()
        try await GraphClient.with(clock: clock) { client in
            let first = try await client.id(of: "golang")
            let second = try await client.id(of: "swift")
            let path = "\(client.configuration.userID)/recently_searched_hashtags"
            #expect(try await client.get(path, as: GraphAnswer.List.self).data.map(\.id) == [second, first])
            #expect(try await client.get(path, "&limit=1", as: GraphAnswer.List.self).data.map(\.id) == [second])
            clock.advance(by: 7 * 86_400)
            #expect(try await client.get(path, as: GraphAnswer.List.self).data.isEmpty)
            #expect(
                try await client.failure(client.address("17841400000000001/recently_searched_hashtags")).code == 100)
        }
    }
}
