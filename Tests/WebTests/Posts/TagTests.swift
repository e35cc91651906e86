import HTTPTypes
import Posts
import Testing

@testable import Web

@Suite struct TagTests {
    @Test("Lists the hashtags with their counts and states")
    func list() async throws {
        let health = HealthReport(sources: [
            CrawlStatus(
                hashtag: try Hashtag("golang"), source: "a",
                record: CrawlRecord(lastAttempt: Sample.now - 60, lastSuccess: Sample.now - 60)),
            CrawlStatus(
                hashtag: try Hashtag("golang"), source: "b", state: .failing,
                record: CrawlRecord(lastAttempt: Sample.now - 90)),
        ])
        let text = try await withSite(health: health) { try await $0.get("/tags").text }
        let expected =
            #"{"tags":[{"name":"golang","url":"/tags/golang","posts":4,"pictures":3,"newest":"2025-11-24T04:53:19Z","#
            + #""last_crawl":"2025-11-24T04:52:20Z","state":"failing"},"#
            + #"{"name":"gopher","url":"/tags/gopher","posts":1,"pictures":1,"newest":"2025-11-24T04:53:15Z","state":"waiting"},"#
            + #"{"name":"void","url":"/tags/void","posts":0,"pictures":0,"state":"waiting"}]}"# + "\n"
        #expect(text == expected)
        let page = try await withSite(health: health) { try await $0.page("/tags").text }
        #expect(page.contains("3 pictures") && page.contains("1 picture<"))
    }

    @Test("Shows the posts of a hashtag with all that is known of them")
    func posts() async throws {
        let media = [
            Media(kind: .image, url: "https://p.example/1.jpg", width: 3, height: 2, alt: "A", blurhash: "LEHV6n"),
            Sample.video,
        ]
        var post = Sample.post(1, caption: "<b>", permalink: "https://p.example/1", media: media)
        post.likeCount = 5
        post.commentCount = 0
        post.author = Author(name: "Ada", url: "https://p.example/ada")
        post.language = "en"
        post.isSensitive = true
        let text = try await withSite(try Sample.gallery([post, Sample.post(2, age: 9)])) {
            try await $0.get("/tags/golang?limit=1").text
        }
        let expected =
            #"{"tag":"golang","count":1,"total":2,"posts":[{"id":"sandbox:1","source":"sandbox","#
            + #""published":"2025-11-24T04:53:20Z","url":"https://p.example/1","#
            + #""author":{"name":"Ada","url":"https://p.example/ada"},"caption":"\u003cb\u003e","language":"en","#
            + #""sensitive":true,"likes":5,"comments":0,"#
            + #""media":[{"type":"image","url":"https://p.example/1.jpg","image":"/media/sandbox/1/0","#
            + #""width":3,"height":2,"alt":"A","blurhash":"LEHV6n"},{"type":"video","url":"https://pictures.example/v.mp4"}]}],"#
            + #""next":"1763960000:sandbox:1"}"# + "\n"
        #expect(text == expected)
    }

    @Test("Pages go on where the last one ended, whatever has come since")
    func cursor() async throws {
        let box = GalleryBox(try Sample.gallery((0..<5).map { Sample.post($0, age: 10) }))
        let (first, second) = try await withSite(box: box) { client in
            let first = try await client.get("/tags/golang?limit=2").text
            let next = try #require(first.pieces(between: #""next":""#, and: "\"").last)
            // The post in the cursor is removed, and a new post is added.
            let posts = [0, 1, 2, 4].map { Sample.post($0, age: 10) } + [Sample.post(9)]
            box.replace(with: try Sample.gallery(posts, version: 2))
            return (first, try await client.get("/tags/golang?limit=100&before=\(next)").text)
        }
        #expect(first.pieces(between: #""id":"sandbox:"#, and: "\"") == ["4", "3"])
        #expect(second.pieces(between: #""id":"sandbox:"#, and: "\"") == ["2", "1", "0"])
        #expect(second.contains(#""next":null"#))
    }

    @Test(
        "Says what a parameter may be",
        arguments: [
            ("limit=0", "limit must be a whole number from 1 to 100"),
            ("limit=101", "limit must be a whole number from 1 to 100"),
            ("limit=", "limit must be a whole number from 1 to 100"),
            ("limit=ten", "limit must be a whole number from 1 to 100"),
            ("limit=%2B5", "limit must be a whole number from 1 to 100"),
            ("before=", #"before must be the \"next\" of an earlier page"#),
            ("before=x:y:z", #"before must be the \"next\" of an earlier page"#),
            ("before=1:y", #"before must be the \"next\" of an earlier page"#),
            ("before=99999999999999999999:a:b", #"before must be the \"next\" of an earlier page"#),
        ]
    )
    func badParameter(_ query: String, _ allowed: String) async throws {
        let response = try await withSite { try await $0.get("/tags/golang?\(query)") }
        #expect(response.status == .badRequest)
        #expect(response.text == #"{"status":"NOT - OK: 400 Bad Request: \#(allowed)","URI":""}"# + "\n")
    }

    @Test("Knows only the hashtags that are set up", arguments: ["swift", "123", "a%20b", "%23", "%F0%9F%90%B9"])
    func unknown(_ name: String) async throws {
        for answer in [
            try await withSite { try await $0.get("/tags/\(name)") },
            try await withSite { try await $0.page("/tags/\(name)") },
        ] {
            #expect(answer.status == .notFound)
            #expect(answer.text == Body.notFound)
        }
    }

    @Test("A cursor reads what it writes", arguments: ["1", "a:b", "ü/?&"])
    func cursorText(_ id: String) {
        let cursor = PageCursor(after: Post(id: Post.ID(source: "s", value: id), publishedAt: -5, media: []))
        #expect(PageCursor(cursor.text) == cursor)
    }
}
