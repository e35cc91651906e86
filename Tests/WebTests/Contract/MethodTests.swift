import HTTPTypes
import Testing

@testable import Web

@Suite struct MethodTests {
    static let methods = ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "BREW", "get"]
    static let paths = [
        "/", "/status", "/latest", "/latest/0", "/latest/abc", "/latest/image", "/latest/0/image", "/tags",
        "/tags/golang", "/tags/golang/latest", "/tags/golang/latest/0", "/tags/golang/latest/0/image",
        "/media/sandbox/0/0", "/health", "/favicon.svg", HashedAsset.galleryStyle.path, "/feed.atom", "/feed.rss",
        "/feed.json", "/tags/golang/feed.atom", "/tags/golang/feed.rss", "/tags/golang/feed.json",
    ]

    @Test("Refuses every other method on every path it knows", arguments: methods)
    func refusal(_ name: String) async throws {
        let method = try #require(HTTPRequest.Method(name))
        try await withSite { client in
            for path in Self.paths {
                let response = try await client.get(path, method: method)
                #expect(response.status == .methodNotAllowed, "\(path)")
                #expect(response.headers[.allow] == "GET, HEAD", "\(path)")
                #expect(response.text == Body.wrongMethod, "\(path)")
            }
        }
    }

    @Test("Does not know a path better by another method", arguments: methods)
    func unknownPath(_ name: String) async throws {
        let method = try #require(HTTPRequest.Method(name))
        let response = try await withSite { try await $0.get("/nothing", method: method) }
        #expect(response.status == .notFound)
        #expect(response.text == Body.notFound)
    }
}
