import FoundationEssentials
import Testing

@testable import Posts
@testable import Upstreams

/// Responses from the documentation of Mastodon and Pixelfed, and unusual ones.
@Suite struct MastodonStatusTests {
    private func statuses(_ json: String) throws -> [MastodonStatus?] {
        try JSONDecoder().decode([Lossy<MastodonStatus>].self, from: Data("[\(json)]".utf8)).map(\.value)
    }

    private func post(_ json: String) throws -> Post? { try statuses(json).first??.post(source: "m") }

    @Test func `A whole status is a whole post`() throws {
        let post = try post(
            #"""
            {"id":"103270115826048975","created_at":"2026-07-01T12:34:56.789Z","in_reply_to_id":null,"sensitive":false,
             "spoiler_text":"","visibility":"public","language":"en","uri":"https://mastodon.social/users/G/statuses/1",
             "url":"https://mastodon.social/@G/103270115826048975","replies_count":5,"reblogs_count":6,
             "favourites_count":11,"edited_at":null,"content":"<p>A &lt;b&gt; &amp; <a href=\"x\">#<span>golang</span></a><br />😀</p><p>Two</p>",
             "reblog":null,"application":{"name":"Web"},
             "account":{"id":"1","username":"G","acct":"G@m.example","display_name":"Gopher :go:","url":"https://m.example/@G"},
             "tags":[{"name":"golang","url":"https://m.example/tags/golang"}],
             "media_attachments":[{"id":"22345792","type":"image","url":"https://files.example/o.jpg",
              "preview_url":"https://files.example/s.jpg","remote_url":null,"description":"Two gophers",
              "blurhash":"UFBWY:8_0Jxv4mx]t8t64.%M-:IUWGWAt6M}",
              "meta":{"focus":{"x":-0.69,"y":0.42},"original":{"width":1200,"height":800,"size":"1200x800","aspect":1.5},
                      "small":{"width":600,"height":400}}}]}
            """#)
        #expect(
            post
                == Post(
                    id: .init(source: "m", value: "103270115826048975"), publishedAt: 1_782_909_296,
                    permalink: "https://mastodon.social/@G/103270115826048975",
                    author: Author(name: "Gopher :go:", url: "https://m.example/@G"),
                    caption: "A <b> & #golang\n😀\nTwo",
                    media: [
                        Media(
                            kind: .image, url: "https://files.example/o.jpg", width: 1200, height: 800,
                            alt: "Two gophers", blurhash: "UFBWY:8_0Jxv4mx]t8t64.%M-:IUWGWAt6M}")
                    ], language: "en", likeCount: 11, commentCount: 5))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var json: String
        /// Checks the expected post; `nil` if no post is expected.
        var fits: (@Sendable (Post) -> Bool)?

        init(_ name: String, _ json: String, _ fits: (@Sendable (Post) -> Bool)? = nil) {
            testDescription = name
            self.json = #"{"id":"1","created_at":"2026-07-01T12:34:56Z",\#(json)}"#
            self.fits = fits
        }
    }

    private static func media(_ json: String) -> String { #""media_attachments":[\#(json)]"# }
    private static let image = #"{"type":"image","url":"https://f.example/1.jpg"}"#

    static let rows = [
        Row("no url: its uri", #""url":null,"uri":"https://m.example/s/1",\#(media(image))"#) {
            $0.permalink == "https://m.example/s/1"
        },
        Row("neither", #""url":null,"uri":"tag:m.example,2026:1",\#(media(image))"#) { $0.permalink == nil },
        Row("a script for an address", #""url":"javascript:alert(1)",\#(media(image))"#) { $0.permalink == nil },
        Row(
            "a file that is worked on: its preview",
            media(#"{"type":"image","url":null,"preview_url":"https://f.example/p.jpg"}"#)
        ) {
            $0.media[0].url == "https://f.example/p.jpg"
        },
        Row(
            "a video that is worked on: not its preview, which is a picture",
            media(#"{"type":"video","url":null,"preview_url":"https://f.example/p.jpg"}"#)),
        Row(
            "a video that another server keeps",
            media(
                #"{"type":"video","url":null,"preview_url":"https://f.example/p.jpg","remote_url":"https://r.example/v.mp4"}"#
            )
        ) { $0.media == [Media(kind: .video, url: "https://r.example/v.mp4")] },
        Row("a file without any address", media(#"{"type":"image","url":null,"preview_url":null,"remote_url":null}"#)),
        Row(
            "a video and a gifv",
            media(#"{"type":"video","url":"https://f.example/1.mp4"},{"type":"gifv","url":"https://f.example/2.mp4"}"#)
        ) {
            $0.media.map(\.kind) == [.video, .video] && $0.picture == nil
        },
        Row("only a sound", media(#"{"type":"audio","url":"https://f.example/1.mp3"}"#)),
        Row("what the server does not know", media(#"{"type":"unknown","url":"https://f.example/1"}"#)),
        Row("no attachments", media("")),
        Row("attachments of another type", #""media_attachments":{"0":1}"#),
        Row("one wrong attachment among right ones", media("7,\(image),null")) { $0.media.count == 1 },
        Row(
            "sizes that are none",
            media(
                #"{"type":"image","url":"https://f.example/1.jpg","meta":{"original":{"width":0,"height":"9"},"small":{"width":40,"height":30}}}"#
            )
        ) {
            $0.media[0].width == 40 && $0.media[0].height == 30
        },
        Row(
            "a huge size",
            media(#"{"type":"image","url":"https://f.example/1.jpg","meta":{"original":{"width":1e300,"height":1}}}"#)
        ) {
            $0.media[0].width == nil
        },
        Row(
            "empty alt text, odd blurhash",
            media(#"{"type":"image","url":"https://f.example/1.jpg","description":"  ","blurhash":"\u0001"}"#)
        ) {
            $0.media[0].alt == nil && $0.media[0].blurhash == nil
        },
        Row("a warning stands first", #""spoiler_text":"Spiders","content":"<p>Here</p>",\#(media(image))"#) {
            $0.caption == "Spiders\nHere"
        },
        Row(
            "an author without a display name", #""account":{"acct":"a@b","display_name":" ","url":7},\#(media(image))"#
        ) {
            $0.author == Author(name: "a@b")
        },
        Row("an author of another type", #""account":"me",\#(media(image))"#) { $0.author == nil },
        Row(
            "wrong types everywhere",
            #""sensitive":"yes","language":5,"favourites_count":"12","replies_count":-3,"content":{},\#(media(image))"#
        ) {
            !$0.isSensitive && $0.language == nil && $0.likeCount == 12 && $0.commentCount == nil && $0.caption == ""
        },
        Row("Pixelfed's own fields", #""pf_type":"photo","taggedPeople":[],"local":true,"place":null,\#(media(image))"#)
        {
            $0.media.count == 1
        },
    ]

    @Test(arguments: rows)
    func `Odd ones cost no more than what is wrong with them`(_ row: Row) throws {
        let post = try post(row.json)
        #expect((post != nil) == (row.fits != nil))
        if let post, let fits = row.fits { #expect(fits(post), "\(post)") }
    }

    @Test(arguments: [
        #"{"created_at":"2026-07-01T12:34:56Z"}"#, #"{"id":"1"}"#, #"{"id":"","created_at":"2026-07-01T12:34:56Z"}"#,
        #"{"id":"1","created_at":"yesterday"}"#, #"{"id":null,"created_at":null}"#,
    ])
    func `What has no id or no time is defective`(_ json: String) throws {
        let status = try #require(try statuses(json).first ?? nil)
        #expect(throws: PostDefect.self) { try status.make(source: "m") }
    }

    @Test func `A wrong one costs itself, and a number is an id as well`() throws {
        let all = try statuses("7,null,[],\(MastodonTimelineTests.status("5").replacing("\"5\"", with: "5"))")
        #expect(all.map { $0 == nil } == [true, true, true, false])
        #expect(all[3]?.post(source: "m")?.id.value == "5")
    }

    @Test(arguments: [("private", false), ("direct", false), ("unlisted", true), ("public", true)])
    func `Only what everybody may see is public`(_ visibility: String, _ isPublic: Bool) throws {
        #expect(try statuses(#"{"visibility":"\#(visibility)"}"#).first??.isPublic == isPublic)
    }
}
