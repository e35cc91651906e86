import HTTPTypes
import Hummingbird
import Posts
import Testing

@testable import Web

@Suite struct FilterTests {
    /// Posts 1 to 6, newest first, each with different properties.
    private static func gallery() throws -> Gallery {
        var other = Sample.post(2, age: 2, caption: "Cats & dogs", media: [Sample.image(200, 100)])
        other.id.source = "pixelfed.example"
        return try Sample.gallery([
            Sample.post(1, age: 1, caption: "A Cat in #Tokyo", media: [Sample.image(100, 200, alt: "A cat")]), other,
            Sample.post(3, age: 3, caption: "dog", media: [Sample.image(50, 50, alt: "")]),
            Sample.post(4, age: 4, caption: "cat dog", media: [Sample.video]),
            Sample.post(5, age: 5, media: [Sample.video, Sample.image(300, 200, alt: "Hills")]),
            Sample.post(6, age: 6, caption: "東京の猫", media: [Sample.image()]),
        ])
    }

    static let cases: [(String, [String])] = [
        ("", ["1", "2", "3", "4", "5", "6"]),
        ("type=image", ["1", "2", "3", "5", "6"]),
        ("type=video", ["4", "5"]),
        ("source=sandbox", ["1", "3", "4", "5", "6"]),
        ("source=pixelfed.example", ["2"]),
        ("source=pixelfed.example&source=sandbox", ["1", "2", "3", "4", "5", "6"]),
        ("source=nobody", []),
        ("q=cat", ["1", "4"]),
        ("q=CAT+DOG", ["4"]),
        ("q=cat&q=dog", ["4"]),
        ("q=%E6%9D%B1%E4%BA%AC", ["6"]),
        ("q=%23tokyo", ["1"]),
        ("q=cat&not=dog", ["1"]),
        ("not=cat+dog", ["2", "5", "6"]),
        ("q=", ["1", "2", "3", "4", "5", "6"]),
        ("q=%21&not=+", ["1", "2", "3", "4", "5", "6"]),
        ("alt=required", ["1"]),
        ("orientation=landscape", ["2", "5"]),
        ("orientation=portrait", ["1"]),
        ("orientation=square", ["3"]),
        ("type=image&orientation=landscape&source=sandbox", ["5"]),
        ("limit=2&type=image", ["1", "2"]),
        ("colour=red&type=video", ["4", "5"]),
    ]

    @Test("Picks the posts that have all that is asked for", arguments: cases)
    func posts(_ query: String, _ expected: [String]) async throws {
        let text = try await withSite(try Self.gallery()) { try await $0.get("/tags/golang?\(query)").text }
        #expect(text.pieces(between: #""id":""#, and: "\"").map { String($0.split(separator: ":")[1]) } == expected)
    }

    @Test("A feed and a page show the same posts", arguments: cases)
    func elsewhere(_ query: String, _ expected: [String]) async throws {
        let (feed, page) = try await withSite(try Self.gallery()) { client in
            (
                try await client.get("/tags/golang/feed.json?\(query)").text,
                try await client.page("/tags/golang?\(query)").text
            )
        }
        let ids = feed.pieces(between: #""id":"urn:instacrawler:post:"#, and: "\"")
        #expect(ids.map { String($0.split(separator: ":")[1]) } == expected)
        // The page shows only pictures, and `limit` counts only those.
        let pictured = page.pieces(between: "<img src=\"/media/", and: "\"")
        #expect(pictured.map { String($0.split(separator: "/")[1]) } == expected.filter { $0 != "4" })
    }

    @Test(
        "The newest picture is the newest of those that fit",
        arguments: [
            ("/latest?orientation=landscape", "sandbox/2"), ("/latest/1?orientation=landscape", "sandbox/5"),
            ("/latest?type=video", "sandbox/5"), ("/latest?q=%E7%8C%AB", "sandbox/6"),
        ]
    )
    func latest(_ path: String, _ expected: String) async throws {
        let media = (1...6).map { Media(kind: .image, url: "https://p.example/\($0)", width: $0 % 3, height: 1) }
        let posts = try Self.gallery()[try Hashtag("golang")].enumerated().map { index, post in
            var post = post
            if post.picture != nil { post.media = post.media.filter { $0.kind == .video } + [media[index]] }
            post.media = post.media.map { medium in
                var medium = medium
                if ["2", "5"].contains(post.id.value) { (medium.width, medium.height) = (2, 1) }
                return medium
            }
            return post
        }
        let number = try #require(expected.split(separator: "/").last)
        let text = try await withSite(try Sample.gallery(posts)) { try await $0.get("/tags/golang\(path)").text }
        #expect(text == #"{"status":"OK","URI":"https://p.example/\#(number)"}"# + "\n")
    }

    @Test("Where nothing fits there is no n-th newest; where nothing has been found yet, there may be one soon")
    func nothingFits() async throws {
        let (none, void, original) = try await withSite { client in
            (
                try await client.get("/tags/golang/latest?q=nothing"),
                try await client.get("/tags/void/latest?q=nothing"),
                try await client.get("/latest?type=nonsense")
            )
        }
        #expect(none.status == .rangeNotSatisfiable)
        #expect(void.status == .serviceUnavailable)
        // `/latest` ignores filters, because its contract is older than they are.
        #expect(original.text == Body.picture(0))
    }

    @Test(
        "Says what a filter may be",
        arguments: ["", "/latest", "/latest/0/image", "/feed.atom", "/feed.rss", "/feed.json"])
    func badFilter(_ place: String) async throws {
        let long = String(repeating: "x", count: 201)
        let cases = [
            ("type=audio", "type must be image or video"), ("type=", "type must be image or video"),
            ("alt=yes", "alt must be required"),
            ("orientation=round", "orientation must be landscape, portrait or square"),
            ("source=A", "source must be the name of a source, lower-case letters, digits and . - _ in it; at most 10"),
            ("q=a+b+c+d+e+f+g+h+i+j+k", "q must be at most 10 words, of at most 200 characters together"),
            ("not=\(long)", "not must be at most 10 words, of at most 200 characters together"),
        ]
        try await withSite { client in
            for (query, allowed) in cases {
                let response = try await client.get("/tags/golang\(place)?\(query)")
                #expect(response.status == .badRequest, "\(query)")
                let expected = #"{"status":"NOT - OK: 400 Bad Request: \#(allowed)","URI":""}"# + "\n"
                #expect(response.text == expected)
            }
        }
    }

    @Test(
        "Several hashtags are read as one, each post once, newest first",
        arguments: [
            ("/tags/golang+gopher", "golang+gopher"), ("/tags/gopher%2Bgolang", "golang+gopher"),
            ("/tags/golang+GOPHER+golang", "golang+gopher"),
        ]
    )
    func joined(_ path: String, _ name: String) async throws {
        let (golang, gopher) = (try Hashtag("golang"), try Hashtag("gopher"))
        let both = Sample.post(3, age: 3)
        let gallery = Gallery(
            hashtags: [gopher, golang],
            posts: [golang: [Sample.post(1, age: 1), both], gopher: [both, Sample.post(2, age: 2)]], version: 1
        )
        let (list, latest, page) = try await withSite(gallery) { client in
            (
                try await client.get(path).text, try await client.get("\(path)/latest/1").text,
                try await client.page(path).text
            )
        }
        #expect(list.hasPrefix(#"{"tag":"\#(name)","count":3,"total":3,"#))
        #expect(list.pieces(between: #""id":"sandbox:"#, and: "\"") == ["1", "2", "3"])
        #expect(latest == Body.picture(2))
        #expect(page.contains("<h1>#golang or #gopher</h1>"))
    }

    @Test(
        "One unknown hashtag among several is one too many",
        arguments: ["golang+swift", "golang+", "+", "golang++gopher"])
    func unknownAmongKnown(_ names: String) async throws {
        try await withSite { client in
            for place in ["", "/latest", "/feed.atom"] {
                let response = try await client.get("/tags/\(names)\(place)")
                #expect(response.status == .notFound, "\(place)")
            }
        }
    }

    @Test("The links from page to page ask for the same posts")
    func paging() async throws {
        let posts = (0..<45).map {
            Sample.post($0, age: Int64($0), caption: $0 % 3 == 0 ? "A cat & co" : "dog", media: [Sample.image(2, 1)])
        }
        let path = "/tags/golang?limit=4&q=cat&q=CO&type=image&orientation=landscape&source=sandbox"
        let seen = try await withSite(try Sample.gallery(posts)) { client in
            var seen: [String] = []
            var next: String? = path
            while let path = next {
                let text = try await client.page(path).text
                seen += text.pieces(between: #"<img src="/media/sandbox/"#, and: "/0\"")
                next = text.pieces(between: "<a href=\"", and: #"" rel="next""#).last.map { address in
                    (address.pieces(between: "<a href=\"", and: "").last ?? address).replacing("&amp;", with: "&")
                }
                let first = text.pieces(between: "<a href=\"", and: #"" rel="first""#).last
                #expect(
                    first == nil
                        || first?.hasSuffix(
                            "limit=4&amp;type=image&amp;source=sandbox&amp;q=cat+co&amp;orientation=landscape") == true
                )
            }
            return seen
        }
        #expect(seen == stride(from: 0, to: 45, by: 3).map(String.init))
    }

    @Test("A feed of words that are written otherwise is a feed of its own, though it has the same posts")
    func spelling() async throws {
        let ids = try await withSite(try Self.gallery()) { client in
            var ids: Set<String> = []
            for word in ["cat", "%23cat", "cat"] {
                let feed = try await client.get("/tags/golang/feed.atom?q=\(word)").text
                #expect(feed.count(of: "<entry>") == 2)
                #expect(feed.contains("feed.atom?q=\(word)\""), "\(feed.prefix(500))")
                ids.insert(feed.pieces(between: "<id>", and: "</id>").first ?? "")
            }
            return ids
        }
        #expect(ids.count == 2)
    }

    @Test("A page where nothing fits says so")
    func emptyPage() async throws {
        let text = try await withSite { try await $0.page("/tags/golang?q=nothing").text }
        #expect(text.contains("<h2>Nothing fits</h2>"))
        #expect(text.contains("<h1>#golang, with “nothing”</h1>"))
    }
}
