import Crawler
import HTTPTypes
import Testing

@testable import Web

@Suite struct ConditionalTests {
    static let paths = [
        "/", "/status", "/latest", "/latest/1", "/tags", "/tags/golang", "/favicon.svg", Stylesheet.path,
        "/media/sandbox/0/0", "/latest/image",
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
