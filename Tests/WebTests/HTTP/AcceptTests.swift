import HTTPTypes
import Testing

@testable import Web

@Suite struct AcceptTests {
    @Test(
        "Knows who prefers HTML",
        arguments: [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", true),
            ("text/html", true), ("TEXT/HTML", true), ("text/*", true), ("text/html;level=1", true),
            ("application/xhtml+xml", true), ("text/html, */*; q=0.01", true), ("text/html;q=0.5, */*;q=0.1", true),
            ("text/html, image/gif, *; q=.2, */*; q=.2", true), ("application/json;q=0, */*", true),
            ("application/json;q=0.5, text/html;q=0.6", true), ("text/html ; q=1.0 , application/json ; q=0.9", true),
            ("*/*", false), ("", false), ("application/json", false), ("application/json, text/html", false),
            ("text/html;q=0.4, application/json;q=0.5", false), ("text/html;q=0, */*", false),
            ("text/html;q=0", false), ("image/png", false), ("*", false),
            ("text/html;q=2", false), ("text/html;q=abc", false), ("text", false), (",,;q=1,", false),
            ("text/*;q=0.5, application/json", false), ("text/html;q=0.0, text/*", false),
        ]
    )
    func preference(_ value: String, _ prefersHTML: Bool) async throws {
        #expect(AcceptHeader(value).prefersHTML == prefersHTML)
        let response = try await withSite { try await $0.get("/", [.accept: value]) }
        #expect(response.headers[.contentType] == (prefersHTML ? "text/html; charset=utf-8" : "application/json"))
        #expect(response.headers[.vary] == "Accept, Accept-Encoding")
    }

    @Test("Without a wish the answer is JSON")
    func missing() {
        #expect(!AcceptHeader(nil).prefersHTML)
    }

    @Test(
        "Only addresses with two faces vary by Accept, and everything by its coding",
        arguments: [
            ("/tags", "Accept, Accept-Encoding"), ("/tags/golang", "Accept, Accept-Encoding"),
            ("/latest", "Accept-Encoding"),
        ])
    func vary(_ path: String, _ expected: String) async throws {
        let response = try await withSite { try await $0.get(path) }
        #expect(response.headers[.vary] == expected)
    }
}
