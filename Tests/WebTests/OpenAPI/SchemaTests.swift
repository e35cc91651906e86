import Hummingbird
import Posts
import Testing

@testable import Web

@Suite struct SchemaTests {
    /// A post with all optional values, and others with as few as possible.
    private static func gallery() throws -> Gallery {
        let picture = Media(kind: .image, url: "https://p.example/1.jpg", width: 3, height: 2, alt: "A", blurhash: "LE")
        let full = Post(
            id: Post.ID(source: "sandbox", value: "1"), publishedAt: Sample.now, permalink: "https://p.example/1",
            author: Author(name: "Ada", url: "https://p.example/ada"), caption: "A gopher",
            media: [picture, Sample.video], language: "en", isSensitive: true, likeCount: 5, commentCount: 0)
        var bare = Sample.post(2, age: 9)
        bare.author = Author(name: "Bob", url: nil)
        return try Sample.gallery([full, bare, Sample.post(3, age: 10, media: [Sample.video])])
    }

    private static func health() throws -> HealthReport {
        let golang = try Hashtag("golang")
        return HealthReport(
            sources: [
                CrawlStatus(hashtag: golang, source: "bare"),
                CrawlStatus(
                    hashtag: golang, source: "full", state: .failing,
                    record: CrawlRecord(
                        lastAttempt: Sample.now, lastSuccess: Sample.now, nextCrawl: Sample.now,
                        lastError: "It was asked too often.")),
            ],
            storage: .failing("No room"),
            budgets: [
                SourceBudget(source: "bare"),
                SourceBudget(
                    source: "full", usage: UsageReport(percent: 80, receivedAt: Sample.now),
                    searches: SearchBudget(limit: 30, used: 4)),
            ])
    }

    @Test(
        "Responses have exactly the described members",
        arguments: [
            ("/", "/", 200), ("/status", "/status", 200), ("/health", "/health", 200), ("/tags", "/tags", 200),
            ("/tags/{tag}", "/tags/golang", 200), ("/tags/{tag}", "/tags/golang?limit=1", 200),
            ("/tags/{tag}", "/tags/golang?q=nothing", 200), ("/tags/{tag}", "/tags/golang?type=sound", 400),
            ("/tags/{tag}", "/tags/other", 404), ("/latest", "/latest", 200), ("/latest/{n}", "/latest/9", 416),
            ("/oembed", "/oembed?url=http://localhost/tags/golang", 200),
            ("/oembed", "/oembed?url=http://localhost/tags/golang&format=xml", 501),
        ]
    )
    func responses(
        _ path: String, _ address: String, _ status: Int
    ) async throws {
        let (description, response) = try await withSite(try Self.gallery(), health: try Self.health()) { client in
            (try await client.get("/openapi.json").text, try await client.get(address))
        }
        let check = try SchemaCheck(description)
        #expect(response.status.code == status)
        let schema = try #require(check.schema(of: path, status: status))
        #expect(try check.faults(of: response.text, by: schema) == [])
    }

    @Test(
        "The check finds deviations from the description",
        arguments: [
            (#"{"status":"OK"}"#, ": no URI"), (#"{"status":"OK","URI":"","more":1}"#, ": more is not described"),
            (#"{"status":"OK","URI":null}"#, #".URI: not ["string"]"#), ("[]", #": not ["object"]"#),
        ]
    )
    func deviations(_ text: String, _ fault: String) async throws {
        let check = try SchemaCheck(try await withSite { try await $0.get("/openapi.json").text })
        #expect(try check.faults(of: text, by: check.schema(of: "/status")) == [fault])
    }

    @Test("The words of a search are limited as described")
    func words() async throws {
        let check = try SchemaCheck(try await withSite { try await $0.get("/openapi.json").text })
        for (words, isAllowed) in [
            ("", true), ("a", true), ("  a  b ", true), ("a b c d e f g h i j", true), ("a b c d e f g h i j ", true),
            ("a b c d e f g h i j k", false), ("猫\u{301}🌅\u{A0}", true),
        ] {
            let query = "/tags/golang?q=\(words.percentEncoded)"
            let status = try await withSite { try await $0.get(query).status }
            #expect((status == .ok) == isAllowed, "\(words)")
            let schema = check.parameter("q", of: "/tags/{tag}")
            #expect(try check.faults(of: "\"\(words)\"", by: schema).isEmpty == isAllowed, "\(words)")
        }
        for (length, status) in [(200, HTTPResponse.Status.ok), (201, .badRequest)] {
            let words = String(repeating: "%F0%9F%8C%85", count: length)
            #expect(try await withSite { try await $0.get("/tags/golang?q=\(words)").status } == status)
        }
    }
}
