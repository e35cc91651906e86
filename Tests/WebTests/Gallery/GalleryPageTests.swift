import HTTPTypes
import Hummingbird
import Posts
import Testing

@testable import Pictures
@testable import Web

@Suite struct GalleryPageTests {
    @Test("Is a whole page with landmarks, a skip link and a picture for each post")
    func page() async throws {
        let response = try await withSite { try await $0.page("/") }
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        let text = response.text
        for part in [
            "<!DOCTYPE html>", #"<html lang="en">"#, ##"<a class="skip" href="#content">"##, "<header",
            "<nav aria-label",
            #"<main id="content""#, "<footer", "<h1>Newest pictures</h1>", #"aria-current="page">All</a>"#,
            #"<meta property="og:image" content="http://localhost/media/sandbox/7/0">"#,
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.count(of: "<img ") == 4)
        #expect(text.count(of: " alt=\"") == 4)
    }

    @Test("Forbids everything from other origins, and has no inline style or script")
    func policy() async throws {
        for path in ["/", "/tags", "/tags/golang", "/tags/void"] {
            let response = try await withSite { try await $0.page(path) }
            let policy = try #require(response.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("default-src 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(response.text.count(of: "<script") == response.text.count(of: #"<script src="/assets/live-"#))
            for part in ["<style", " style=", " onload=", " onerror=", "javascript:"] {
                #expect(!response.text.contains(part), "\(path) \(part)")
            }
        }
    }

    @Test(
        "Hostile text is harmless",
        arguments: [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' autofocus onfocus='alert(1)", "]]>",
            "<!-- ", "</p></main>", "&#x3c;script&#x3e;", "\u{202E}desrever\0", String(repeating: "<b>", count: 10_000),
        ]
    )
    func injection(_ words: String) async throws {
        let media = Media(kind: .image, url: "https://p.example/1.jpg?\(words)", alt: words)
        let post = Post(
            id: Post.ID(source: "s\(words)", value: words), publishedAt: Sample.now,
            permalink: "https://p.example/\(words)", caption: words, media: [media]
        )
        let plain = try await withSite(
            try Sample.gallery([Sample.post(1, caption: "x", permalink: "https://p.example/")])
        ) {
            try await $0.page("/tags/golang").text
        }
        let text = try await withSite(try Sample.gallery([post])) { try await $0.page("/tags/golang").text }
        // The text adds no tags and no quotes.
        #expect(text.count(of: "<") == plain.count(of: "<"))
        #expect(text.count(of: ">") == plain.count(of: ">"))
        #expect(text.count(of: "\"") == plain.count(of: "\""))
        #expect(!text.contains("\0"))
    }

    @Test("Links only to the web", arguments: ["javascript:alert(1)", "data:text/html,x", " https://x", "//x", ""])
    func links(_ permalink: String) async throws {
        let gallery = try Sample.gallery([Sample.post(3, permalink: permalink)])
        let text = try await withSite(gallery) { try await $0.page("/").text }
        #expect(text.contains(#"<a class="picture" href="/media/sandbox/3/0">"#))
    }

    @Test("Describes a picture by its alt text, else by the caption")
    func alt() async throws {
        let described = Media(kind: .image, url: "https://p.example/1.jpg", width: 3, height: 2, alt: "A gopher")
        let posts = [
            Sample.post(1, age: 1, caption: "Words", media: [described]), Sample.post(2, age: 2, caption: "Words"),
            Sample.post(3, age: 3),
        ]
        let text = try await withSite(try Sample.gallery(posts)) { try await $0.page("/").text }
        #expect(text.contains(#"alt="A gopher" width="3" height="2""#))
        #expect(text.contains(#"alt="Picture posted with: Words""#))
        #expect(text.contains(#"alt="Picture without a description""#))
    }

    @Test("Loads pictures further down lazily")
    func lazy() async throws {
        let posts = (0..<9).map { Sample.post($0, age: Int64($0)) }
        let text = try await withSite(try Sample.gallery(posts)) { try await $0.page("/").text }
        #expect(text.count(of: "<img ") == 9)
        #expect(text.count(of: #"loading="lazy""#) == 4)
    }

    @Test("Leads from page to page without a gap")
    func paging() async throws {
        let posts = (0..<45).map { Sample.post($0, age: Int64($0)) }
        let seen = try await withSite(try Sample.gallery(posts)) { client in
            var seen: [String] = []
            var next: String? = "/"
            while let path = next {
                let text = try await client.page(path).text
                #expect(text.contains(#"rel="first""#) == (path != "/"))
                seen += text.pieces(between: #"<img src="/media/sandbox/"#, and: "/0\"")
                next = text.pieces(between: "<a href=\"", and: #"" rel="next""#).last.map { address in
                    address.pieces(between: "<a href=\"", and: "").last ?? address
                }
            }
            return seen
        }
        #expect(seen == (0..<45).map(String.init))
    }

    @Test("An empty page explains itself")
    func empty() async throws {
        let void = try Hashtag("void")
        let health = HealthReport(sources: [
            CrawlStatus(
                hashtag: void, source: "instagram", state: .stopped,
                record: CrawlRecord(lastError: "The <token> has expired."))
        ])
        let text = try await withSite(health: health) { try await $0.page("/tags/void").text }
        #expect(text.contains("has not found a picture under #void"))
        #expect(text.contains("<strong>instagram</strong>, #void: The &lt;token&gt; has expired."))
        let end = try await withSite { try await $0.page("/?before=1:a:b").text }
        #expect(end.contains("That was the last one"))
    }

    @Test(
        "Repeats only a valid host",
        arguments: [
            ("example.com:8080", nil, "http://example.com:8080"), ("example.com", "https", "https://example.com"),
            ("[::1]", "http", "http://[::1]"), ("example.com", "HTTPS", "https://example.com"),
            ("a\"><script>", "https", ""), ("a/b", nil, ""), ("", nil, ""),
            ("example.com", "javascript", "http://example.com"),
        ] as [(String, String?, String)]
    )
    func origin(_ host: String, _ scheme: String?, _ origin: String) throws {
        var head = HTTPRequest(method: .get, scheme: scheme, authority: host, path: "/")
        // Must have no effect: the web server has evaluated this field already.
        head.headerFields[try #require(HTTPField.Name("X-Forwarded-Proto"))] = "https"
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        #expect(RequestOrigin(request).text == origin)
    }

    @Test("The style sheet has its own address, which caches may keep forever")
    func stylesheet() async throws {
        let page = try await withSite { try await $0.page("/").text }
        let path = try #require(page.pieces(between: #"<link rel="stylesheet" href=""#, and: "\"").first)
        let response = try await withSite { try await $0.get(path) }
        #expect(response.headers[.contentType] == "text/css; charset=utf-8")
        #expect(response.headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(response.text.contains("prefers-color-scheme: dark"))
        #expect(try await withSite { try await $0.get("/assets/gallery-0000000000000000.css") }.status == .notFound)
    }

    @Test("The script has its own address, and receives the posts that are newer than the page")
    func script() async throws {
        let page = try await withSite { try await $0.page("/tags/golang").text }
        let path = try #require(page.pieces(between: #"<script src=""#, and: "\" defer></script>").first)
        let response = try await withSite { try await $0.get(path) }
        #expect(response.headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(response.headers[.cacheControl] == "public, max-age=31536000, immutable")
        let address = try #require(page.pieces(between: #"data-live=""#, and: "\"").first).replacing("&amp;", with: "&")
        let cards = try await withSite(
            try Sample.gallery([Sample.post(8, age: 2), Sample.post(0, age: 10), Sample.post(1, age: 20)])
        ) { try await $0.get(address).text }
        #expect(cards.pieces(between: #"data: {"id":"sandbox:"#, and: "\"") == ["8"])
    }

    @Test("Later pages are not live; an empty page waits for the first picture")
    func live() async throws {
        let later = try await withSite { try await $0.page("/?before=1763959985:sandbox:0").text }
        #expect(later.contains("<ul class=\"grid\" role=\"list\">"))
        #expect(!later.contains("data-live"))
        let empty = try await withSite { try await $0.page("/tags/void").text }
        #expect(empty.contains(#"<section class="empty" data-live="/tags/void/events?view=card">"#))
    }

    @Test("Links to the same pictures in other formats")
    func alternates() async throws {
        let (all, one) = try await withSite { (try await $0.page("/").text, try await $0.page("/tags/golang").text) }
        for (type, file) in [
            ("application/atom+xml", "feed.atom"), ("application/rss+xml", "feed.rss"),
            ("application/feed+json", "feed.json"),
        ] {
            #expect(one.contains(#"<link rel="alternate" type="\#(type)" href="/tags/golang/\#(file)""#))
            #expect(all.contains(#"<link rel="alternate" type="\#(type)" href="/\#(file)""#))
        }
        #expect(one.contains(#"<link rel="alternate" type="application/json" href="/tags/golang">"#))
    }

    @Test("Shows the author and the language, and veils sensitive posts")
    func details() async throws {
        var post = Sample.post(1, caption: "مرحبا")
        post.author = Author(name: "A & B", url: "https://a.example/b")
        post.language = "ar"
        post.isSensitive = true
        post.media[0].blurhash = "00TI:j"
        let card = PostCard(post: post, picture: try #require(Picture(of: post)), isEarly: true, now: Sample.now).html
            .text
        #expect(
            card.contains(
                #"<a href="https://a.example/b" rel="noopener noreferrer external author"><bdi>A &amp; B</bdi></a>"#))
        #expect(card.contains(#"<p class="caption" dir="auto" lang="ar">مرحبا</p>"#))
        #expect(card.contains(#"<li class="card veiled" data-post="1763960000:sandbox:1">"#))
        #expect(card.contains(">Sensitive</span>"))
        #expect(card.contains(#"<svg class="blur""#))
    }

    @Test("The icon is an SVG file")
    func favicon() async throws {
        let response = try await withSite { try await $0.get("/favicon.svg") }
        #expect(response.headers[.contentType] == "image/svg+xml")
        #expect(response.text.hasPrefix("<svg "))
    }
}
