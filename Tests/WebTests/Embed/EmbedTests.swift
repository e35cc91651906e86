import Hummingbird
import Posts
import Testing

@testable import Web

@Suite struct EmbedTests {
    @Test("Shows the newest pictures of a hashtag for a frame on another site")
    func page() async throws {
        let response = try await withSite { try await $0.get("/embed/golang") }
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        #expect(response.headers[.contentSecurityPolicy]?.hasSuffix("; frame-ancestors *") == true)
        #expect(response.text.pieces(between: #"<img src="/media/sandbox/"#, and: "/0\"") == ["0", "1", "2"])
        #expect(response.text.count(of: " alt=\"") == 3)
        #expect(response.text.contains(#"<html lang="en" class="auto">"#))
        #expect(response.text.contains(#"<ul class="tiles of-3""#))
        for link in response.text.pieces(between: "<a ", and: ">") {
            #expect(link.contains(#"target="_blank" rel="noopener"#), "\(link)")
        }
        for part in ["<script", "<style", " style=", "javascript:"] { #expect(!response.text.contains(part)) }
    }

    @Test("Only embeds may be framed", arguments: ["/", "/tags", "/tags/golang"])
    func framing(_ path: String) async throws {
        let response = try await withSite { try await $0.page(path) }
        #expect(response.headers[.contentSecurityPolicy]?.hasSuffix("; frame-ancestors 'none'") == true)
    }

    @Test("The query parameters control its look")
    func look() async throws {
        let text = try await withSite { try await $0.get("/embed/golang?count=2&columns=6&theme=dark").text }
        #expect(text.count(of: "<img ") == 2)
        #expect(text.contains(#"<ul class="tiles of-6""#))
        #expect(text.contains(#" class="dark">"#))
    }

    @Test(
        "Refuses other values and names the allowed ones",
        arguments: [
            ("count=0", "count must be a whole number from 1 to 50"),
            ("count=51", "count must be a whole number from 1 to 50"), ("count=x", "from 1 to 50"),
            ("columns=0", "columns must be a whole number from 1 to 6"), ("columns=7", "from 1 to 6"),
            ("theme=pink", "theme must be auto, light or dark"), ("theme=", "theme must be"),
        ]
    )
    func limits(_ query: String, _ reason: String) async throws {
        let response = try await withSite { try await $0.get("/embed/golang?\(query)") }
        #expect(response.status == .badRequest)
        #expect(response.text.contains(reason))
    }

    @Test("Shows several hashtags together, and applies the filters")
    func filters() async throws {
        let both = try await withSite { try await $0.get("/embed/gopher+golang").text }
        #expect(both.pieces(between: #"<img src="/media/sandbox/"#, and: "/0\"") == ["7", "0", "1", "2"])
        #expect(both.contains("posted under #golang or #gopher</h1>"))
        let none = try await withSite { try await $0.get("/embed/golang?source=other").text }
        #expect(none.count(of: "<img ") == 0)
        #expect(none.contains(#"<a href="/tags/golang?source=other""#))
    }

    @Test("Without pictures, says so; for an unknown hashtag, responds 404")
    func empty() async throws {
        #expect(
            try await withSite { try await $0.get("/embed/void") }.text.contains("No picture has been found so far."))
        #expect(try await withSite { try await $0.get("/embed/other") }.status == .notFound)
    }

    @Test("Hostile text is harmless", arguments: ["<script>", "\"><img src=x onerror=alert(1)>", "' onload='", "]]>"])
    func injection(_ words: String) async throws {
        func page(_ post: Post) async throws -> String {
            try await withSite(try Sample.gallery([post])) { try await $0.get("/embed/golang").text }
        }
        let hostile = Post(
            id: Post.ID(source: "s\(words)", value: words), publishedAt: Sample.now,
            permalink: "https://p.example/\(words)", caption: words,
            media: [Media(kind: .image, url: "https://p.example/\(words)", alt: words, blurhash: words)])
        let (text, plain) = (try await page(hostile), try await page(Sample.post(1, permalink: "https://p.example/")))
        for sign in ["<", ">", "\""] { #expect(text.count(of: sign) == plain.count(of: sign)) }
    }

    @Test("With an access key, the frame's own addresses carry the key, because it has no cookie there")
    func accessKey() async throws {
        let key = try #require(AccessKey("letters-and-digits"))
        try await withSite(accessKey: key) { client in
            #expect(try await client.get("/embed/golang").status == .unauthorized)
            let text = try await client.get("/embed/golang?key=letters-and-digits").text
            let own = text.pieces(between: "href=\"/", and: "\"") + text.pieces(between: "src=\"/", and: "\"")
            #expect(own.count == 9)
            #expect(own.allSatisfy { $0.hasSuffix("?key=letters-and-digits") }, "\(own)")
        }
    }

    @Test("The style sheet has its own address, which caches may keep forever")
    func styleSheet() async throws {
        let response = try await withSite { try await $0.get(HashedAsset.embedStyle.path) }
        #expect(response.headers[.contentType] == "text/css; charset=utf-8")
        #expect(response.headers[.cacheControl] == "public, max-age=31536000, immutable")
        for columns in EmbedQuery.columnCounts { #expect(response.text.contains(".of-\(columns) {")) }
    }
}
