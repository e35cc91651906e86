import HTTPTypes
import Posts
import Testing

@testable import Pictures
@testable import Web

@Suite struct FeedTests {
    /// A post with all fields, one with none, and one with only a video.
    private static func posts() -> [Post] {
        var full = Sample.post(
            1, age: 1, caption: "First line\nsecond & last", permalink: "https://p.example/1?a&b",
            media: [Sample.image(30, 20, alt: "Two \"gophers\""), Sample.video, Sample.image()]
        )
        full.author = Author(name: "Ada <3", url: "https://p.example/ada")
        full.language = "en-GB"
        var bare = Sample.post(2, age: 2)
        bare.author = Author(name: "Bob", url: "javascript:alert(1)")
        bare.language = "no language"
        bare.isSensitive = true
        return [full, bare, Sample.post(3, age: 3, media: [Sample.video])]
    }

    private func feed(_ address: String, _ posts: [Post] = posts()) async throws -> String {
        try await withSite(try Sample.gallery(posts)) { try await $0.get(address) }.text
    }

    @Test("Atom says all that is known of a post")
    func atom() async throws {
        let xml = try ParsedXML(try await feed("/tags/golang/feed.atom"))
        #expect(try xml.texts("feed/id") == ["urn:instacrawler:feed:golang"])
        #expect(try xml.texts("feed/title") == ["#golang · InstaCrawler"])
        #expect(try xml.texts("feed/updated") == ["2025-11-24T04:53:19Z"])
        #expect(try xml.texts("feed/link/@rel") == ["self", "alternate"])
        #expect(
            try xml.texts("feed/link/@href")
                == ["http://localhost/tags/golang/feed.atom", "http://localhost/tags/golang"])
        let names = (1...3).map { "urn:instacrawler:post:sandbox:\($0)" }
        #expect(try xml.texts("feed/entry/id") == names)
        #expect(try xml.texts("feed/entry/title") == ["First line second & last", "Picture by Bob", "Video"])
        #expect(try xml.texts("feed/entry/published").first == "2025-11-24T04:53:19Z")
        #expect(try xml.texts("feed/entry/author/name") == ["Ada <3", "Bob", "sandbox"])
        #expect(try xml.texts("feed/entry/author/uri") == ["https://p.example/ada"])
        #expect(try xml.texts("feed/entry/@xml:lang") == ["en-GB"])
        #expect(
            try xml.texts("feed/entry/link/@href")
                == [
                    "https://p.example/1?a&b", "http://localhost/media/sandbox/1/0",
                    "http://localhost/media/sandbox/2/0", "http://localhost/media/sandbox/2/0",
                    "http://localhost/tags/golang",
                ])
        #expect(
            try xml.texts("feed/entry/link/@rel")
                == ["alternate", "enclosure", "alternate", "enclosure", "alternate"])
        #expect(
            try xml.texts("feed/entry/content").first
                == #"<p><a href="https://p.example/1?a&amp;b"><img src="http://localhost/media/sandbox/1/0" alt="Two &quot;gophers&quot;" width="30" height="20"></a></p>"#
                + #"<p><a href="https://p.example/1?a&amp;b"><img src="http://localhost/media/sandbox/1/2" alt="Picture posted with: First line second &amp; last"></a></p>"#
                + #"<p><a href="https://p.example/1?a&amp;b">With a video</a></p>"#
                + #"<p dir="auto">First line<br>second &amp; last</p>"#
                + #"<p><a href="https://p.example/ada"><bdi>Ada &lt;3</bdi></a> · sandbox</p>"#)
    }

    @Test("RSS says the same, with one enclosure a post")
    func rss() async throws {
        let xml = try ParsedXML(try await feed("/tags/golang/feed.rss"))
        #expect(try xml.texts("rss/@version") == ["2.0"])
        #expect(try xml.texts("rss/channel/title") == ["#golang · InstaCrawler"])
        #expect(try xml.texts("rss/channel/link") == ["http://localhost/tags/golang"])
        #expect(try xml.texts("rss/channel/lastBuildDate") == ["Mon, 24 Nov 2025 04:53:19 GMT"])
        #expect(try xml.texts("rss/channel/atom:link/@href") == ["http://localhost/tags/golang/feed.rss"])
        #expect(try xml.texts("rss/channel/ttl") == ["5"])
        #expect(try xml.texts("rss/channel/item/guid") == (1...3).map { "urn:instacrawler:post:sandbox:\($0)" })
        #expect(try xml.texts("rss/channel/item/guid/@isPermaLink") == ["false", "false", "false"])
        #expect(try xml.texts("rss/channel/item/pubDate").first == "Mon, 24 Nov 2025 04:53:19 GMT")
        #expect(try xml.texts("rss/channel/item/dc:creator") == ["Ada <3", "Bob", "sandbox"])
        #expect(
            try xml.texts("rss/channel/item/enclosure/@url")
                == ["http://localhost/media/sandbox/1/0", "http://localhost/media/sandbox/2/0"])
        // A picture that has not been fetched has no known length, and the type that its file name suggests.
        #expect(try xml.texts("rss/channel/item/enclosure/@length") == ["0", "0"])
        #expect(try xml.texts("rss/channel/item/enclosure/@type") == ["image/png", "image/jpeg"])
        let atom = try ParsedXML(try await feed("/tags/golang/feed.atom"))
        #expect(try xml.texts("rss/channel/item/description") == (try atom.texts("feed/entry/content")))
    }

    @Test(
        "Media RSS shows each picture with its description",
        arguments: [("atom", "feed/entry"), ("rss", "rss/channel/item")])
    func media(_ format: String, _ item: String) async throws {
        let xml = try ParsedXML(try await feed("/tags/golang/feed.\(format)"))
        let urls = ["sandbox/1/0", "sandbox/1/2", "sandbox/2/0"].map { "http://localhost/media/\($0)" }
        #expect(try xml.texts("\(item)/media:content/@url") == urls)
        #expect(try xml.texts("\(item)/media:content/media:thumbnail/@url") == urls)
        #expect(try xml.texts("\(item)/media:content/@medium") == ["image", "image", "image"])
        #expect(try xml.texts("\(item)/media:content/@width") == ["30"])
        #expect(
            try xml.texts("\(item)/media:content/media:description")
                == [
                    "Two \"gophers\"", "Picture posted with: First line second & last", "Picture without a description",
                ])
        #expect(try xml.texts("\(item)/media:rating") == ["nonadult", "adult"])
    }

    @Test("JSON Feed says the same")
    func json() async throws {
        let text = try await feed("/tags/golang/feed.json?limit=1")
        let image = #"{"url":"http://localhost/media/sandbox/1/0","mime_type":"image/png","title":"Two \"gophers\""}"#
        #expect(
            text.hasPrefix(
                #"{"version":"https://jsonfeed.org/version/1.1","title":"#
                    + ##""#golang · InstaCrawler","home_page_url":"http://localhost/tags/golang?limit=1","##
                    + #""feed_url":"http://localhost/tags/golang/feed.json?limit=1","#
                    + #""description":"The newest posts under #golang","#
                    + #""next_url":"http://localhost/tags/golang/feed.json?before=1763959999%3Asandbox%3A1\u0026limit=1","#
                    + #""favicon":"http://localhost/favicon.svg","items":[{"id":"urn:instacrawler:post:sandbox:1","#
                    + #""url":"https://p.example/1?a\u0026b","title":"First line second \u0026 last","content_html":"\u003cp"#
            ))
        #expect(
            text.hasSuffix(
                #""image":"http://localhost/media/sandbox/1/0","date_published":"2025-11-24T04:53:19Z","#
                    + #""authors":[{"name":"Ada \u003c3","url":"https://p.example/ada"}],"language":"en-GB","#
                    + #""attachments":[\#(image)]}]}"# + "\n"))
    }

    @Test(
        "Has the type of its format, and may be kept for a minute",
        arguments: [
            ("atom", "application/atom+xml; charset=utf-8"), ("rss", "application/rss+xml; charset=utf-8"),
            ("json", "application/feed+json"),
        ]
    )
    func headers(_ format: String, _ type: String) async throws {
        for path in ["/feed.\(format)", "/tags/golang/feed.\(format)", "/tags/golang+gopher/feed.\(format)"] {
            let response = try await withSite { try await $0.get(path) }
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == type)
            #expect(
                response.headers[.cacheControl]
                    == "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400")
            #expect(response.headers[.lastModified] == "Mon, 24 Nov 2025 04:53:19 GMT")
            #expect(response.headers[.vary] == "Accept-Encoding")
        }
    }

    @Test("Is named and titled for what it was asked for, not for who was asked")
    func names() async throws {
        let path = "/tags/gopher+golang/feed.atom?not=dog&q=Cat+%E7%8C%AB&type=image&limit=3"
        var text = ""
        for scheme in ["http", "https"] {
            let headers: HTTPFields = [try #require(HTTPField.Name.testScheme): scheme]
            text = try await withSite { try await $0.get(path, headers) }.text
            let xml = try ParsedXML(text)
            #expect(
                try xml.texts("feed/id")
                    == ["urn:instacrawler:feed:golang%2Bgopher:type=image:q=cat+%E7%8C%AB:not=dog"])
            #expect(
                try xml.texts("feed/title")
                    == ["#golang or #gopher, pictures, with “cat”, with “猫”, without “dog” · InstaCrawler"])
            #expect(
                try xml.texts("feed/link/@href").first
                    == "\(scheme)://localhost/tags/golang+gopher/feed.atom?limit=3&type=image&q=cat+%E7%8C%AB&not=dog")
        }
        let all = try ParsedXML(try await withSite { try await $0.get("/feed.atom") }.text)
        #expect(try all.texts("feed/id") == ["urn:instacrawler:feed:%2A"])
        #expect(try all.texts("feed/title") == ["Newest pictures · InstaCrawler"])
        #expect(try all.texts("feed/entry/id").count == 5)
    }

    @Test("Leads from page to page without a gap", arguments: ["atom", "rss"])
    func paging(_ format: String) async throws {
        let posts = (0..<45).map { Sample.post($0, age: Int64($0)) }
        let item = format == "atom" ? "feed/entry/id" : "rss/channel/item/guid"
        let link = format == "atom" ? "feed/link" : "rss/channel/atom:link"
        let seen = try await withSite(try Sample.gallery(posts)) { client in
            var seen: [String] = []
            var next: String? = "/tags/golang/feed.\(format)?type=image"
            while let address = next {
                let xml = try ParsedXML(try await client.get(address).text)
                seen += try xml.texts(item)
                next = zip(try xml.texts("\(link)/@rel"), try xml.texts("\(link)/@href"))
                    .first { $0.0 == "next" }.map { String($0.1.dropFirst("http://localhost".count)) }
            }
            return seen
        }
        #expect(seen == (0..<45).map { "urn:instacrawler:post:sandbox:\($0)" })
    }

    @Test("An empty feed is a feed", arguments: ["/tags/void/feed", "/tags/golang/feed"])
    func empty(_ path: String) async throws {
        try await withSite { client in
            let atom = try await client.get("\(path).atom?q=nothing")
            #expect(try ParsedXML(atom.text).texts("feed/updated") == ["1970-01-01T00:00:00Z"])
            #expect(atom.headers[.lastModified] == nil)
            let rss = try ParsedXML(try await client.get("\(path).rss?q=nothing").text)
            #expect(try rss.texts("rss/channel/item").isEmpty)
            #expect(try await client.get("\(path).json?q=nothing").text.hasSuffix("\"items\":[]}\n"))
        }
    }
}
