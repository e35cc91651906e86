import Crawler
import HTTPTypes
import Testing

@testable import Web

@Suite struct ConditionalTests {
    static let paths = [
        "/", "/status", "/latest", "/latest/1", "/tags", "/tags/golang", "/favicon.svg", Stylesheet.asset.path,
        "/media/sandbox/0/0", "/latest/image", "/tags/golang/feed.atom", "/tags/golang/feed.rss",
        "/tags/golang/feed.json", "/feed.atom", "/tags/golang+gopher", "/tags/golang?type=image",
        "/tags/golang?limit=1",
        "/tags/golang/latest?type=image", "/openapi.json", "/oembed?url=http://localhost/tags/golang",
        EmbedStylesheet.asset.path, LiveScript.asset.path, "/embed/golang",
    ]

    /// The tag of a picture is known without fetching it.
    private func tag(_ path: String) async throws -> String {
        switch path {
        case "/media/sandbox/0/0", "/latest/image":
            try #require(Picture(of: Sample.post(0))).validators.tag.description
        default:
            try #require(try await withSite { try await $0.get(path) }.headers[.eTag])
        }
    }

    @Test("A reader that has it already gets 304 and no body", arguments: paths)
    func notModified(_ path: String) async throws {
        let tag = try await tag(path)
        for names in [tag, "W/\(tag)", #""other", \#(tag)"#, "\"x\",W/\(tag)  ,\"y\"", "*"] {
            let response = try await withSite { try await $0.get(path, [.ifNoneMatch: names]) }
            #expect(response.status == .notModified, "\(names)")
            #expect(response.headers[.eTag] == tag)
            #expect(response.headers[.cacheControl] != nil)
            #expect(response.headers[.contentLength] == nil)
            #expect(response.headers[.contentType] == nil)
            #expect(response.text.isEmpty)
        }
    }

    @Test("Says when it changed last, and 304 to who has seen that", arguments: paths)
    func lastModified(_ path: String) async throws {
        // Pictures come from upstream, and there is none.
        if path.contains("media") || path.contains("image") && !path.contains("=") { return }
        try await withSite { client in
            let first = try await client.get(path)
            let time = try #require(first.headers[.lastModified])
            #expect(try #require(HTTPDate.parse(time)) <= max(Epoch.now(), Sample.now))
            let again = try await client.get(path, [.ifModifiedSince: time])
            #expect(again.status == .notModified)
            #expect(again.headers[.lastModified] == time)
        }
    }

    @Test("A list that nobody dates is as old as its last change")
    func lastChange() {
        let change = LastChange()
        let (one, two) = (EntityTag(of: "1".utf8), EntityTag(of: "2".utf8))
        #expect(change.time(of: one, now: 10) == 10)
        #expect(change.time(of: one, now: 20) == 10)
        #expect(change.time(of: two, now: 30) == 30)
        #expect(change.time(of: one, now: 40) == 40)
    }

    @Test("A reader that has something else gets the answer", arguments: [#""x""#, "", "x", #"W/"x""#])
    func modified(_ names: String) async throws {
        let response = try await withSite { try await $0.get("/latest", [.ifNoneMatch: names]) }
        #expect(response.status == .ok)
        #expect(response.text == Body.picture(0))
    }

    @Test("HEAD is told the same")
    func head() async throws {
        let tag = try await tag("/latest")
        let response = try await withSite { try await $0.get("/latest", [.ifNoneMatch: tag], method: .head) }
        #expect(response.status == .notModified)
        #expect(response.headers[.contentLength] == nil)
    }

    @Test(
        "Goes by the date where there is no tag",
        arguments: [
            ("Mon, 24 Nov 2025 04:53:10 GMT", 304), ("Mon, 24 Nov 2025 04:53:11 GMT", 304),
            ("Monday, 24-Nov-25 04:53:10 GMT", 304), ("Mon Nov 24 04:53:10 2025", 304),
            ("Mon, 24 Nov 2025 04:53:09 GMT", 200), ("yesterday", 200), ("", 200),
        ]
    )
    func since(_ date: String, _ status: Int) async throws {
        let response = try await withSite { try await $0.get("/latest", [.ifModifiedSince: date]) }
        #expect(response.status.code == status)
        #expect(response.headers[.lastModified] == "Mon, 24 Nov 2025 04:53:10 GMT")
    }

    @Test("The tag beats the date")
    func tagFirst() async throws {
        let headers: HTTPFields = [.ifNoneMatch: #""x""#, .ifModifiedSince: "Mon, 24 Nov 2025 04:53:11 GMT"]
        let response = try await withSite { try await $0.get("/latest", headers) }
        #expect(response.status == .ok)
    }

    @Test("Errors are never kept and never conditional")
    func errors() async throws {
        let response = try await withSite { try await $0.get("/nothing", [.ifNoneMatch: "*"]) }
        #expect(response.status == .notFound)
        #expect(response.headers[.cacheControl] == "no-store")
        #expect(response.headers[.eTag] == nil)
    }

    @Test("A tag is the same in every process")
    func stable() {
        // The test vectors that come with the definition of FNV-1a.
        #expect(EntityTag(of: "".utf8).description == #""cbf29ce484222325""#)
        #expect(EntityTag(of: "a".utf8).description == #""af63dc4c8601ec8c""#)
        #expect(EntityTag(of: "foobar".utf8).description == #""85944171f73967e8""#)
    }
}
