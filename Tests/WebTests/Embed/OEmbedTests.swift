import Hummingbird
import Testing

@testable import Web

@Suite struct OEmbedTests {
    @Test("Tells a site how to embed the target of a link")
    func embed() async throws {
        let response = try await withSite {
            try await $0.get("/oembed?url=http%3A%2F%2Flocalhost%2Ftags%2Fgolang&format=json")
        }
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.headers[.accessControlAllowOrigin] == "*")
        let html =
            #"\u003ciframe src=\"http://localhost/embed/golang\" width=\"600\" height=\"633\" "#
            + #"title=\"Pictures posted under #golang\" loading=\"lazy\" referrerpolicy=\"no-referrer\"\u003e\u003c/iframe\u003e"#
        #expect(
            response.text == """
                {"version":"1.0","type":"rich","title":"#golang","provider_name":"InstaCrawler",\
                "provider_url":"http://localhost/","cache_age":3600,"width":600,"height":633,"html":"\(html)"}

                """)
    }

    @Test(
        "Fits the requested size, and keeps the look of the embed",
        arguments: [
            ("http://localhost/embed/golang?count=4%26columns=2%26theme=dark", "", 600, 633),
            ("http://localhost/tags/golang?limit=5", "&maxwidth=300", 300, 333),
            ("https://LOCALHOST/tags/golang#x", "&maxwidth=300&maxheight=200", 300, 200),
            ("http://localhost/embed/golang?columns=1%26count=2", "&maxwidth=9000", 600, 1233),
        ]
    )
    func size(
        _ address: String, _ more: String, _ width: Int, _ height: Int
    ) async throws {
        let address = address.replacing("#", with: "%23")
        let response = try await withSite { try await $0.get("/oembed?url=\(address)\(more)") }
        #expect(response.text.contains(#""width":\#(width),"height":\#(height),"#), "\(response.text)")
        if address.contains("dark") {
            #expect(response.text.contains(#"/embed/golang?count=4\u0026amp;columns=2\u0026amp;theme=dark\""#))
        }
    }

    @Test(
        "Refuses other targets and formats",
        arguments: [
            ("", 400), ("url=http://localhost/tags/golang&format=xml", 501),
            ("url=http://localhost/tags/golang&format=yaml", 400), ("url=http://localhost/tags/other", 404),
            ("url=http://other.example/tags/golang", 404), ("url=http://localhost/latest", 404), ("url=golang", 404),
            ("url=javascript://localhost/tags/golang", 404), ("url=http://localhost/tags/golang&maxwidth=x", 400),
            ("url=http://localhost/tags/golang&maxheight=1", 400), ("url=http://localhost/embed/golang?count=0", 400),
        ]
    )
    func refusals(_ query: String, _ status: Int) async throws {
        let response = try await withSite { try await $0.get("/oembed?\(query)") }
        #expect(response.status.code == status)
    }

    @Test("If the request has the key in its address, so has the embed")
    func accessKey() async throws {
        let key = try #require(AccessKey("correct-horse+battery"))
        let target = "url=http%3A%2F%2Flocalhost%2Ftags%2Fgolang%3Ftype%3Dimage"
        try await withSite(accessKey: key) { client in
            let response = try await client.get("/oembed?\(target)&key=correct-horse%2Bbattery")
            let source = try #require(response.text.pieces(between: #"src=\"http://localhost"#, and: #"\""#).first)
            #expect(source == #"/embed/golang?type=image\u0026amp;key=correct-horse%2Bbattery"#)
            let frame = source.replacing(#"\u0026amp;"#, with: "&")
            #expect(try await client.get(frame).status == .ok)
            let byHeader = try await client.get("/oembed?\(target)", [.authorization: "Bearer correct-horse+battery"])
            #expect(!byHeader.text.contains("key="))
        }
    }

    @Test("A page links to its oEmbed address")
    func discovery() async throws {
        let text = try await withSite { try await $0.page("/tags/golang").text }
        let link = try #require(text.pieces(between: #"type="application/json+oembed" href=""#, and: "\"").first)
        #expect(link == "http://localhost/oembed?url=http%3A%2F%2Flocalhost%2Ftags%2Fgolang&amp;format=json")
    }
}
