import HTTPTypes
import Hummingbird
import Testing

@testable import Web

@Suite struct CrossOriginTests {
    static let paths = [
        "/latest", "/tags", "/tags/golang", "/tags/golang/feed.atom", "/tags/golang/feed.rss", "/feed.json",
        "/latest/image", "/media/sandbox/0/0", "/health",
    ]

    @Test(
        "Scripts of other pages may read every answer, errors too",
        arguments: paths + ["/nothing", "/latest/99", "/tags/void/latest"])
    func reading(_ path: String) async throws {
        let headers: HTTPFields = [.origin: "https://other.example", .ifNoneMatch: "*"]
        let response = try await withSite { try await $0.get(path, headers) }
        #expect(response.headers[.accessControlAllowOrigin] == "*")
        #expect(response.headers[.accessControlExposeHeaders] == "ETag, Retry-After, X-Request-ID")
        #expect(response.headers[.accessControlAllowCredentials] == nil)
        // The response does not depend on the origin.
        #expect(response.headers[.vary].map { !$0.contains("Origin") } ?? true)
    }

    @Test("Browsers learn what a script may send before they send it", arguments: paths)
    func preflight(_ path: String) async throws {
        let headers: HTTPFields = [
            .origin: "https://other.example", .accessControlRequestMethod: "GET",
            .accessControlRequestHeaders: "authorization,if-none-match",
        ]
        let response = try await withSite { try await $0.get(path, headers, method: .options) }
        #expect(response.status == .noContent)
        #expect(response.body.readableBytes == 0)
        #expect(response.headers[.contentLength] == nil)
        #expect(response.headers[.accessControlAllowOrigin] == "*")
        #expect(response.headers[.accessControlAllowMethods] == "GET, HEAD")
        #expect(response.headers[.accessControlAllowHeaders]?.contains("Authorization") == true)
        #expect(response.headers[.accessControlAllowHeaders]?.contains("If-None-Match") == true)
        #expect(response.headers[.accessControlMaxAge] == "86400")
        #expect(response.headers[.allow] == "GET, HEAD")
    }

    @Test("There is nothing to ask about an address that is not there")
    func unknown() async throws {
        let headers: HTTPFields = [.accessControlRequestMethod: "GET"]
        let response = try await withSite { try await $0.get("/nothing", headers, method: .options) }
        #expect(response.status == .notFound)
    }
}
