import HTTPTypes
import HummingbirdTesting
import Posts
import Testing

@testable import Pictures
@testable import Web

/// Feeds for clients that poll.
@Suite(.timeLimit(.minutes(10))) struct FeedUpdateTests {
    private static let paths = FeedFormat.allCases.map { "/tags/golang/\($0.file)" }

    @Test("Is not modified until a post is, however often it is crawled", arguments: paths)
    func unmodified(_ path: String) async throws {
        let box = GalleryBox(try Sample.gallery([Sample.post(1, age: 9)]))
        try await withSite(box: box) { client in
            let first = try await client.get(path)
            let tag = try #require(first.headers[.eTag])
            // Another crawl: the counts and the signature of the address have changed.
            var post = Sample.post(
                1, age: 9, media: [Media(kind: .image, url: "https://pictures.example/1.jpg?signature=2")])
            post.likeCount = 7
            post.commentCount = 8
            box.replace(with: try Sample.gallery([post], version: 2))
            for name in [tag, "W/\(tag)"] {
                let again = try await client.get(path, [.ifNoneMatch: name])
                #expect(again.status == .notModified)
            }
            box.replace(with: try Sample.gallery([post, Sample.post(2, age: 5)], version: 3))
            let new = try await client.get(path, [.ifNoneMatch: tag])
            #expect(new.status == .ok)
            #expect(new.headers[.eTag] != tag)
            let changed = try #require(new.headers[.lastModified].flatMap(HTTPDate.parse))
            #expect(changed > Sample.now)
            #expect(first.headers[.lastModified] == "Mon, 24 Nov 2025 04:53:11 GMT")
            #expect(new.text.contains("urn:instacrawler:post:sandbox:1"))
        }
    }

    @Test("An edited post is told anew")
    func edited() async throws {
        let box = GalleryBox(try Sample.gallery([Sample.post(1, caption: "Frist")]))
        try await withSite(box: box) { client in
            let tag = try #require(try await client.get("/tags/golang/feed.atom").headers[.eTag])
            box.replace(with: try Sample.gallery([Sample.post(1, caption: "First")], version: 2))
            let new = try await client.get("/tags/golang/feed.atom", [.ifNoneMatch: tag])
            #expect(try ParsedXML(new.text).texts("feed/entry/title") == ["First"])
        }
    }

    @Test("Tells the type and the length of a picture once it has been fetched and there is news")
    func facts() async throws {
        try await Upstream.run { upstream in
            let picture = Media(kind: .image, url: upstream.address + "/ok")
            let box = GalleryBox(try Sample.gallery([Sample.post(1, age: 9, media: [picture])]))
            try await withSite(box: box, pictures: PictureProxy(configuration: Upstream.limits)) { client in
                let before = try await client.get("/tags/golang/feed.rss")
                #expect(before.text.contains(#"length="0" type="image/jpeg""#))
                #expect(try await client.get("/media/sandbox/1/0").status == .ok)
                let still = try await client.get("/tags/golang/feed.rss")
                #expect(still.headers[.eTag] == before.headers[.eTag])

                box.replace(
                    with: try Sample.gallery(
                        [Sample.post(1, age: 9, media: [picture]), Sample.post(2, age: 5)], version: 2))
                let rss = try await client.get("/tags/golang/feed.rss").text
                #expect(rss.contains(#"length="1000" type="image/png""#))
                #expect(rss.contains(#"type="image/png" medium="image" fileSize="1000""#))
                #expect(
                    try await client.get("/tags/golang/feed.atom").text.contains(#"type="image/png" length="1000""#))
                #expect(
                    try await client.get("/tags/golang/feed.json").text.contains(
                        #""mime_type":"image/png","title":"Picture without a description","size_in_bytes":1000"#))
            }
        }
    }
}
