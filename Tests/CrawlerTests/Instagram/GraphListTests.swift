import FoundationEssentials
import Testing

@testable import Posts
@testable import Upstreams

/// Responses from the documentation of the Graph API, and unusual ones that its users have seen.
@Suite struct GraphListTests {
    private func list(_ json: String) throws -> GraphList<GraphMedia> {
        try JSONDecoder().decode(GraphList<GraphMedia>.self, from: Data(json.utf8))
    }

    private func post(_ json: String) throws -> Post? {
        try list(#"{"data":[\#(json)]}"#).items.first?.post(source: "instagram")
    }

    @Test("An image has everything that was asked for")
    func image() throws {
        let post = try post(
            """
            {"id":"17880997618081620","caption":"Gophers & friends #golang\\n😀","comments_count":84,
             "like_count":177,"media_type":"IMAGE","media_url":"https://scontent.cdninstagram.com/v/t51/a.jpg?x=1&oe=6",
             "permalink":"https://www.instagram.com/p/CRMxM3mFUrq/","timestamp":"2026-07-01T12:34:56+0000"}
            """
        )
        #expect(
            post
                == Post(
                    id: Post.ID(source: "instagram", value: "17880997618081620"), publishedAt: 1_782_909_296,
                    permalink: "https://www.instagram.com/p/CRMxM3mFUrq/", caption: "Gophers & friends #golang\n😀",
                    media: [
                        Media(kind: .image, url: "https://scontent.cdninstagram.com/v/t51/a.jpg?x=1&oe=6")
                    ],
                    likeCount: 177, commentCount: 84
                )
        )
    }

    @Test("A video is a video, and shows no picture")
    func video() throws {
        let post = try post(
            """
            {"id":"17896129349106152","media_type":"VIDEO","media_url":"https://video.cdninstagram.com/v.mp4",
             "timestamp":"2026-07-01T12:34:56+0000"}
            """
        )
        #expect(post?.media == [Media(kind: .video, url: "https://video.cdninstagram.com/v.mp4")])
        #expect(post?.picture == nil)
    }

    @Test("An album is its children in order, and its picture the first image among them")
    func album() throws {
        let post = try post(
            """
            {"id":"18000000000000001","media_type":"CAROUSEL_ALBUM","timestamp":"2026-07-01T12:34:56+0000",
             "children":{"data":[
              {"id":"1","media_type":"VIDEO","media_url":"https://cdn.example/1.mp4"},
              {"id":"2","media_type":"IMAGE","media_url":"https://cdn.example/2.jpg"},
              {"id":"3","media_type":"IMAGE"},
              {"id":"4","media_type":"IMAGE","media_url":"https://cdn.example/4.jpg"}]}}
            """
        )
        #expect(
            post?.media.map(\.url)
                == ["https://cdn.example/1.mp4", "https://cdn.example/2.jpg", "https://cdn.example/4.jpg"]
        )
        #expect(post?.picture?.url == "https://cdn.example/2.jpg")
    }

    @Test("Absent counts, captions and links are absent, not zero")
    func sparse() throws {
        let post = try post(
            """
            {"id":"1","media_type":"IMAGE","media_url":"https://cdn.example/1.jpg","timestamp":"2026-07-01T12:34:56+0000"}
            """
        )
        #expect(post != nil && post?.likeCount == nil && post?.commentCount == nil && post?.permalink == nil)
        #expect(post?.caption == "")
    }

    @Test(
        "Counts of other types are read where they can be, and do no harm where not",
        arguments: [
            ("177", 177), ("\"177\"", 177), ("177.0", 177), ("0", 0), ("\"many\"", nil), ("null", nil), ("true", nil),
            ("[]", nil), ("{}", nil), ("-1", nil), ("1e300", nil), ("99999999999999999999", nil),
        ]
    )
    func counts(_ json: String, _ count: Int?) throws {
        let post = try post(
            """
            {"id":"1","media_type":"IMAGE","media_url":"https://cdn.example/1.jpg","like_count":\(json),
             "comments_count":\(json),"timestamp":"2026-07-01T12:34:56+0000"}
            """
        )
        #expect(post != nil)
        #expect(post?.likeCount == count)
        #expect(post?.commentCount == count)
    }

    @Test("A post whose own picture is withheld shows its children")
    func withheldWithChildren() throws {
        let post = try post(
            """
            {"id":"1","media_type":"IMAGE","timestamp":"2026-07-01T12:34:56+0000",
             "children":{"data":[{"id":"2","media_type":"IMAGE","media_url":"https://cdn.example/2.jpg"}]}}
            """
        )
        #expect(post?.media.map(\.url) == ["https://cdn.example/2.jpg"])
    }

    @Test(
        "An item that lacks what a post must have is no post",
        arguments: [
            #"{"id":"1","media_type":"IMAGE","timestamp":"2026-07-01T12:34:56+0000"}"#,
            #"{"id":"1","media_type":"CAROUSEL_ALBUM","timestamp":"2026-07-01T12:34:56+0000","children":{"data":[]}}"#,
            #"{"id":"1","media_type":"CAROUSEL_ALBUM","timestamp":"2026-07-01T12:34:56+0000","children":[]}"#,
            #"{"id":"1","media_type":"IMAGE","media_url":"https://c.example/1.jpg"}"#,
            #"{"id":"1","media_type":"IMAGE","media_url":"https://c.example/1.jpg","timestamp":"yesterday"}"#,
            #"{"id":"1","media_type":"IMAGE","media_url":"https://c.example/1.jpg","timestamp":17829}"#,
            #"{"media_type":"IMAGE","media_url":"https://c.example/1.jpg","timestamp":"2026-07-01T12:34:56+0000"}"#,
            #"{"id":"","media_type":"IMAGE","media_url":"https://c.example/1.jpg","timestamp":"2026-07-01T12:34:56+0000"}"#,
            #"{"id":"1","media_type":"STORY","media_url":"https://c.example/1.jpg","timestamp":"2026-07-01T12:34:56+0000"}"#,
            #"{"id":"1","media_type":"IMAGE","media_url":"javascript:alert(1)","timestamp":"2026-07-01T12:34:56+0000"}"#,
            #"{"id":"1","media_type":"IMAGE","media_url":"file:///etc/passwd","timestamp":"2026-07-01T12:34:56+0000"}"#,
            "{}",
        ]
    )
    func incomplete(_ json: String) throws {
        #expect(try post(json) == nil)
    }

    @Test("Ids that are numbers are read, and unknown fields are ignored")
    func tolerant() throws {
        let post = try post(
            """
            {"id":17880997618081620,"username":null,"owner":{"id":"1"},"media_product_type":"FEED",
             "media_type":"IMAGE","media_url":"https://cdn.example/1.jpg","timestamp":"2026-07-01T12:34:56+0000"}
            """
        )
        #expect(post?.id.value == "17880997618081620")
    }

    @Test("A link that is no address of the web is left out")
    func badPermalink() throws {
        let post = try post(
            """
            {"id":"1","media_type":"IMAGE","media_url":"https://cdn.example/1.jpg","permalink":"javascript:alert(1)",
             "timestamp":"2026-07-01T12:34:56+0000"}
            """
        )
        #expect(post != nil && post?.permalink == nil)
    }

    @Test("A caption far beyond the service's own limit is cut")
    func longCaption() throws {
        let caption = String(repeating: "é", count: 100_000)
        let post = try post(
            """
            {"id":"1","media_type":"IMAGE","media_url":"https://cdn.example/1.jpg","caption":"\(caption)",
             "timestamp":"2026-07-01T12:34:56+0000"}
            """
        )
        #expect(post?.caption.count == 5_000)
    }

    @Test("A wrong item costs itself, never the page")
    func wrongItems() throws {
        let list = try list(
            """
            {"data":[null,7,"text",[],{"id":"1","media_type":"IMAGE","media_url":"https://cdn.example/1.jpg",
             "timestamp":"2026-07-01T12:34:56+0000"},true]}
            """
        )
        #expect(list.items.compactMap { $0.post(source: "instagram") }.map(\.id.value) == ["1"])
        #expect(list.list.skipped == 5)
    }

    @Test(
        "The cursor is taken only when there is a next page",
        arguments: [
            (#"{"cursors":{"after":"QVF"},"next":"https://graph.facebook.com/x?access_token=T"}"#, "QVF"),
            (#"{"cursors":{"before":"A","after":"QVF"},"next":"https://evil.example/"}"#, "QVF"),
            (#"{"cursors":{"after":"QVF"}}"#, nil), (#"{"next":"https://graph.facebook.com/"}"#, nil),
            (#"{"cursors":{"after":""},"next":"x"}"#, nil), (#"{"cursors":{"after":7},"next":"x"}"#, nil),
            (#"{"cursors":[],"next":"x"}"#, nil), ("[]", nil),
            ("null", nil), ("\"next\"", nil),
        ]
    )
    func paging(_ json: String, _ after: String?) throws {
        #expect(try list(#"{"data":[],"paging":\#(json)}"#).after == after)
    }

    @Test(
        "What is no list is refused",
        arguments: ["", "[]", "{}", #"{"data":{}}"#, #"{"data":null}"#, "<html>", #"{"data":[{"id":"1""#, "null", "7"]
    )
    func noList(_ json: String) {
        #expect(throws: (any Error).self) { try list(json) }
    }
}
