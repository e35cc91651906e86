import HTTPTypes
import Posts
import Testing

@testable import Pictures
@testable import Web

@Suite struct ConditionalTests {
    static let paths = [
        "/", "/status", "/latest", "/latest/1", "/tags", "/tags/golang", "/favicon.svg", HashedAsset.galleryStyle.path,
        "/media/sandbox/0/0", "/latest/image", "/tags/golang/feed.atom", "/tags/golang/feed.rss",
        "/tags/golang/feed.json", "/feed.atom", "/tags/golang+gopher", "/tags/golang?type=image",
        "/tags/golang?limit=1",
        "/tags/golang/latest?type=image", "/openapi.json", "/oembed?url=http://localhost/tags/golang",
        HashedAsset.embedStyle.path, HashedAsset.liveScript.path, "/embed/golang",
    ]

    /// Returns the tag of a response. The tag of a picture is computed, because there is no upstream to fetch it from.
    private func tag(_ path: String) async throws -> String {
        switch path {
        case "/media/sandbox/0/0", "/latest/image":
            try #require(Picture(of: Sample.post(0))).tag.description
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
            // In the form in which the client sent it.
            #expect(response.headers[.eTag] == (names.contains("W/") ? "W/\(tag)" : tag))
            #expect(response.headers[.cacheControl] != nil)
            #expect(response.headers[.contentLength] == nil)
            #expect(response.headers[.contentType] == nil)
            #expect(response.text.isEmpty)
        }
    }

    @Test("Says when it changed last, and 304 to who has seen that", arguments: paths)
    func lastModified(_ path: String) async throws {
        // Pictures come from upstream, which does not exist in this test.
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
        // One second later: a client may have received the previous version in the same second.
        #expect(change.time(of: two, now: 30) == 31)
        #expect(change.time(of: one, now: 30) == 32)
        #expect(change.time(of: one, now: 40) == 32)
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
            ("Mon, 24 Nov 2025 04:53:19 GMT", 304), ("Mon, 24 Nov 2025 04:53:20 GMT", 304),
            ("Monday, 24-Nov-25 04:53:19 GMT", 304), ("Mon Nov 24 04:53:19 2025", 304),
            ("Mon, 24 Nov 2025 04:53:18 GMT", 200), ("yesterday", 200), ("", 200),
        ]
    )
    func since(_ date: String, _ status: Int) async throws {
        let response = try await withSite { try await $0.get("/latest", [.ifModifiedSince: date]) }
        #expect(response.status.code == status)
        // The newest post of the hashtag is a video without a picture, which changes the list too.
        #expect(response.headers[.lastModified] == "Mon, 24 Nov 2025 04:53:19 GMT")
    }

    @Test(
        "Never gives 304 for what changed since, whatever changed",
        arguments: [
            "/latest", "/latest/1", "/tags/golang/latest", "/tags/golang", "/tags/golang?limit=2", "/tags/golang?q=old",
            "/tags/golang+gopher", "/tags/golang/feed.atom", "/tags/golang/feed.rss", "/tags/golang/feed.json",
            "/feed.atom", "/embed/golang", "/tags", "/media/sandbox/1/0", "/latest/1/image",
        ], [Change.edit, .lateOlderPost, .removal, .replacedPicture])
    func everyChange(_ path: String, _ change: Change) async throws {
        let old = [Sample.post(0, age: 10, caption: "old"), Sample.post(1, age: 20, caption: "old")]
        let box = GalleryBox(try Sample.gallery(old))
        try await withSite(box: box) { client in
            let before = try await client.get(path)
            let isPicture = path.contains("media") || path.hasSuffix("image")
            let date = before.headers[.lastModified] ?? HTTPDate.format(Sample.now - 20)
            box.replace(with: try Sample.gallery(change.applied(to: old), version: 2))
            let now = try await client.get(path)
            // The test has no upstream. A picture's 503 means that it was requested from there, so the response is not
            // 304.
            let isSame = isPicture ? change != .replacedPicture : now.text == before.text
            // A client may also send the time of its request.
            for date in [date, HTTPDate.format(Sample.now)] {
                let conditional = try await client.get(path, [.ifModifiedSince: date])
                #expect(isSame || conditional.status != .notModified)
            }
        }
    }

    enum Change: CaseIterable {
        case edit, lateOlderPost, removal, replacedPicture

        func applied(to posts: [Post]) -> [Post] {
            switch self {
            case .edit:
                return [
                    Sample.post(0, age: 10, caption: "new"),
                    Sample.post(1, age: 20, caption: "new", media: [Sample.image(1, 2), Sample.image()]),
                ]
            case .lateOlderPost: return posts + [Sample.post(2, age: 15, caption: "old")]
            case .removal: return Array(posts.dropFirst())
            case .replacedPicture:
                return posts.map { post in
                    var post = post
                    post.media = [Media(kind: .image, url: "https://pictures.example/other.jpg")]
                    return post
                }
            }
        }
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
        // Test vectors from the definition of FNV-1a.
        #expect(EntityTag(of: "".utf8).description == #""cbf29ce484222325""#)
        #expect(EntityTag(of: "a".utf8).description == #""af63dc4c8601ec8c""#)
        #expect(EntityTag(of: "foobar".utf8).description == #""85944171f73967e8""#)
    }
}
