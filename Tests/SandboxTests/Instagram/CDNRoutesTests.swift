import Hummingbird
import HummingbirdTesting
import Testing

@testable import Sandbox

@Suite("Serving pictures")
struct CDNRoutesTests {
    private static let id = MediaID(owner: .post, number: 7).description

    @Test("a picture has the headers of the CDN, and HEAD the same without it")
    func picture() async throws {
        try await GraphClient.with { client in
            let uri = "/media/\(Self.id).png?stp=dst-png_s640&_nc_cat=104&oe=7924AB12"
            let response = try await client.send(uri)
            #expect(response.status == .ok)
            let file = try PNGFile(Array(response.body.readableBytesView))
            let frame = PictureFrame(of: Self.id)
            #expect(file.width == frame.width && file.height == frame.height)
            #expect(response.headers[.contentType] == "image/png")
            #expect(response.headers[.contentLength] == String(response.body.readableBytes))
            #expect(response.headers[.cacheControl] == "max-age=1209600, no-transform")
            #expect(response.headers[.crossOriginResourcePolicy] == "same-origin")
            let head = try await client.send(uri, method: .head)
            #expect(head.headers == response.headers)
            #expect(head.body.readableBytes == 0)
        }
    }

    @Test("a picture waits as long as it is told to")
    func delay() async throws {
        let delay = Duration.milliseconds(40)
        try await GraphClient.with(SandboxConfiguration(pictureDelay: delay)) { client in
            let start = ContinuousClock.now
            let response = try await client.send("/media/\(Self.id).png")
            #expect(response.status == .ok)
            #expect(ContinuousClock.now - start >= delay)
        }
    }

    @Test("a video is an MP4 file's first box")
    func video() async throws {
        try await GraphClient.with { client in
            let response = try await client.send("/media/\(Self.id).mp4")
            #expect(response.headers[.contentType] == "video/mp4")
            let bytes = Array(response.body.readableBytesView)
            #expect(bytes.count == 24 && bytes[3] == 24)
            #expect(String(decoding: bytes[4..<12], as: UTF8.self) == "ftypmp42")
        }
    }

    @Test(
        "an unknown file is 404, in JSON",
        arguments: [
            "nonsense", "17900000000000071.png", "\(id).jpg", "\(id)", "\(id).png.png", ".png",
            "..%2F..%2Fetc%2Fpasswd",
        ]
    )
    func unknown(file: String) async throws {
        try await GraphClient.with { client in
            let error = try await client.failure("/media/\(file)", status: .notFound)
            #expect(error.code == 2500)
        }
    }

    @Test func `an address ends at the time in it, and another is handed out before it does`() async throws {
        let clock = TestClock()
        let configuration = SandboxConfiguration(
            period: .seconds(3_600), pictureLifetime: .seconds(7_200))
        try await GraphClient.with(configuration, clock: clock) { client in
            let id = try await client.id(of: "golang")
            /// The address of one and the same post.
            func address(of post: String?) async throws -> (post: String, url: String) {
                let list: GraphAnswer.List = try await client.get("\(id)/recent_media", "&limit=50&fields=media_url")
                let node = try #require(
                    list.data.first { post == nil ? $0.media_url?.contains(".mp4") == false : $0.id == post })
                return (node.id, try #require(node.media_url))
            }
            let (post, first) = try await address(of: nil)
            clock.advance(by: 7_201)
            #expect(try await client.send(first).status == .forbidden)
            let second = try await address(of: post).url
            #expect(second != first)
            #expect(try await client.send(second).status == .ok)
            clock.advance(by: 3_599)
            #expect(try await client.send(second).status == .ok, "for half of the lifetime at least")
        }
    }

    @Test(arguments: ["xyz", "", "-1", "0"])
    func `an address whose time cannot be read has ended`(_ end: String) async throws {
        try await GraphClient.with { client in
            let response = try await client.send("/media/\(Self.id).png?oe=\(end)")
            #expect(response.status == .forbidden)
        }
    }

    @Test func `every picture has a small size, and most have a large one`() async throws {
        try await GraphClient.with { client in
            var large = 0
            for number in 1...20 as ClosedRange<UInt64> {
                let id = MediaID(owner: .post, number: number)
                #expect(try await client.send("/media/\(id)_m.png", method: .head).status == .ok)
                if try await client.send("/media/\(id)_b.png", method: .head).status == .ok { large += 1 }
            }
            #expect((10..<20).contains(large))
            #expect(try await client.send("/media/\(Self.id)_m.mp4").status == .notFound)
            #expect(try await client.send("/media/\(Self.id)_x.png").status == .notFound)
        }
    }

    @Test("the first page says what this is")
    func index() async throws {
        try await GraphClient.with { client in
            let response = try await client.send("/")
            #expect(response.headers[.contentType] == "text/plain; charset=utf-8")
            let text = String(buffer: response.body)
            for part in ["sandbox", "ig_hashtag_search", "recent_media", "top_media", "recently_searched", "/media/"] {
                #expect(text.contains(part))
            }
            #expect(!text.contains(client.configuration.accessToken))
        }
    }
}
