import Posts
import Testing
import Upstreams

/// Responses of Flickr's public feed, as documented, and unusual ones.
@Suite struct FlickrFeedTests {
    private static func feed(_ items: String) -> String {
        #"{"title":"Recent Uploads tagged golang","link":"https://www.flickr.com/photos/","items":[\#(items)]}"#
    }

    private func page(_ body: String, now: Int64 = 1_900_000_000) async throws -> (SourcePage, [String]) {
        let result = Deferred<(SourcePage, [String])>()
        try await StubUpstream.serve({ _ in .json(body) }) { stub in
            let source = FlickrFeed(address: "\(stub.address)/feed", client: TestClient.shared, now: { now })
            result.value = (try await source.page(of: Hashtag("Straße"), after: nil), stub.targets)
        }
        return try #require(result.value)
    }

    private static func item(_ more: String = "", link: String = "https://www.flickr.com/photos/ann/51234567890/")
        -> String
    {
        """
        {"link":"\(link)","media":{"m":"https://live.staticflickr.com/1/51_ab_m.jpg"},\
        "published":"2026-07-01T12:34:56Z"\(more)}
        """
    }

    @Test func `A whole item is a whole post, and the request is the documented one`() async throws {
        let (page, targets) = try await page(
            Self.feed(
                Self.item(
                    #","title":"Gophers &amp; friends","date_taken":"2026-06-30T10:00:00-08:00","description":"<p>x</p>","author":"nobody@flickr.com (\"Ann \"the\" Camera\")","author_id":"1@N00","tags":"golang go""#
                )))
        #expect(targets == ["/feed?format=json&nojsoncallback=1&tagmode=all&tags=strasse"])
        #expect(page.next == nil && page.skipped == 0)
        #expect(
            page.posts == [
                Post(
                    id: .init(source: "flickr", value: "51234567890"), publishedAt: 1_782_909_296,
                    permalink: "https://www.flickr.com/photos/ann/51234567890/",
                    author: Author(name: "Ann \"the\" Camera"), caption: "Gophers & friends",
                    media: [
                        Media(
                            kind: .image, url: "https://live.staticflickr.com/1/51_ab_b.jpg",
                            fallbackURL: "https://live.staticflickr.com/1/51_ab_m.jpg")
                    ])
            ])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var item: String
        var fits: (@Sendable (Post) -> Bool)?

        init(_ name: String, _ item: String, _ fits: (@Sendable (Post) -> Bool)? = nil) {
            testDescription = name
            self.item = item
            self.fits = fits
        }
    }

    static let rows = [
        Row("no title", item()) { $0.caption == "" && $0.author == nil },
        Row("a title of another type", item(#","title":["x"]"#)) { $0.caption == "" },
        Row("an author without a name", item(#","author":"nobody@flickr.com""#)) { $0.author == nil },
        Row("an author with an empty name", item(#","author":"nobody@flickr.com (\"\")""#)) { $0.author == nil },
        Row("unknown fields", item(#","safety":0,"geo":{"lat":1}"#)) { $0.id.value == "51234567890" },
        Row("another address of the picture", item().replacing("51_ab_m.jpg", with: "51.jpg")) {
            $0.media[0].url.hasSuffix("/51.jpg") && $0.media[0].fallbackURL == nil
        },
        Row("a link without a number", item(link: "https://www.flickr.com/photos/ann/")),
        Row("a link that is none", item(link: "javascript:1/2")),
        Row("no picture", item().replacing(#""m":"#, with: #""z":"#)),
        Row(
            "a picture of another type",
            item().replacing(#"{"m":"https://live.staticflickr.com/1/51_ab_m.jpg"}"#, with: "7")),
        Row("no time", item().replacing("published", with: "uploaded")),
        Row("a time that is none", item().replacing("2026-07-01T12:34:56Z", with: "soon")),
        Row("no object", "7"),
        Row("a time of the far future", item().replacing("2026-", with: "2126-")),
    ]

    @Test(arguments: rows)
    func `A wrong item costs itself only`(_ row: Row) async throws {
        let good = Self.item(link: "https://www.flickr.com/photos/ann/1/")
        let (page, _) = try await page(Self.feed("\(row.item),\(good)"))
        #expect(page.posts.last?.id.value == "1")
        #expect(page.posts.count == (row.fits == nil ? 1 : 2))
        #expect(page.skipped == (row.fits == nil ? 1 : 0))
        if let fits = row.fits { #expect(page.posts.first.map(fits) == true, "\(page.posts)") }
    }

    @Test(arguments: ["", "[]", "{}", #"{"items":{}}"#, "jsonFlickrFeed({})"])
    func `What is no feed is refused`(_ body: String) async throws {
        let error = await #expect(throws: SourceError.self) { try await page(body) }
        #expect(error?.kind == .unusableResponse)
    }
}
