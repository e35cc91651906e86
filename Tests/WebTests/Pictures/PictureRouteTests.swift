import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Posts
import Testing

@testable import Pictures
@testable import Web

@Suite(.timeLimit(.minutes(10))) struct PictureRouteTests {
    /// Runs a test on a site with upstream pictures: `/ok`, then a post with a video and `/html`, then `/slow` and
    /// `/chunked`.
    private func withPictures<Value>(
        _ limits: PictureProxyConfiguration = Upstream.limits,
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        try await Upstream.run { upstream in
            func image(_ path: String) -> Media { Media(kind: .image, url: upstream.address + path) }
            let gallery = try Sample.gallery([
                Sample.post(1, age: 1, media: [image("/ok")]),
                Sample.post(2, age: 2, media: [Sample.video, image("/html")]),
                Sample.post(3, age: 3, media: [image("/slow")]),
                Sample.post(4, age: 4, media: [image("/chunked")]),
            ])
            return try await withSite(gallery, pictures: PictureProxy(configuration: limits)) { try await test($0) }
        }
    }

    @Test(
        "Serves the picture itself",
        arguments: [
            ("/latest/image", "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"),
            ("/latest/0/image", "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"),
            ("/tags/golang/latest/image", "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"),
            ("/media/sandbox/1/0", "public, max-age=86400, stale-while-revalidate=604800, stale-if-error=604800"),
        ]
    )
    func picture(_ path: String, _ cache: String) async throws {
        let (get, head) = try await withPictures { (try await $0.get(path), try await $0.get(path, method: .head)) }
        #expect(get.status == .ok)
        #expect(Array(get.body.readableBytesView) == Upstream.png)
        for response in [get, head] {
            #expect(response.headers[.contentType] == "image/png")
            #expect(response.headers[.contentLength] == "1000")
            #expect(response.headers[.cacheControl] == cache)
            #expect(response.headers[.xContentTypeOptions] == "nosniff")
            #expect(response.headers[.lastModified] == "Mon, 24 Nov 2025 04:53:19 GMT")
            #expect(response.headers[.eTag] != nil)
        }
        #expect(head.body.readableBytes == 0)
    }

    @Test("A reader has a picture until its author replaces it, however its address is signed")
    func replaced() throws {
        func tag(_ url: String) throws -> EntityTag {
            let post = Sample.post(1, media: [Media(kind: .image, url: url)])
            return try #require(Picture(of: post)).tag
        }
        let first = try tag("https://scontent-a.cdninstagram.com/v/1_n.jpg?oh=1&oe=2")
        #expect(try tag("https://scontent-b.cdninstagram.com/v/1_n.jpg?oh=3&oe=4") == first)
        #expect(try tag("https://scontent-a.cdninstagram.com/v/2_n.jpg?oh=1&oe=2") != first)
    }

    @Test(
        "A picture has one address: another spelling is redirected to it, or is not found",
        arguments: [
            ("/latest/00/image", "/latest/0/image"), ("/latest/%30/image?junk=1", "/latest/0/image?junk=1"),
            ("/tags/GoLang/latest/image", "/tags/golang/latest/image"),
            ("/tags/golang+golang/latest/image", "/tags/golang/latest/image"),
            ("/tags/%23golang/latest/007/image", "/tags/golang/latest/7/image"),
            ("/tags/%20golang/latest/image", "/tags/golang/latest/image"),
            ("/tags/golang%2Bgolang/latest/image", "/tags/golang/latest/image"),
            ("/media/%73andbox/1/0", "/media/sandbox/1/0"), ("/media/sandbox/1/00", nil), ("/media/sandbox/1/-1", nil),
            ("/tags/golang/latest/image/", nil), ("/media/sandbox/~31/0", nil), ("/media/sandbox/1/0/", nil),
        ])
    func spellings(_ path: String, _ address: String?) async throws {
        let response = try await withPictures { try await $0.get(path) }
        #expect(response.status == (address == nil ? .notFound : .permanentRedirect))
        #expect(response.headers[.location] == address)
        #expect(response.headers[.contentType] != "image/png")
    }

    @Test(
        "What is no picture is answered by another spelling, and kept by no cache",
        arguments: [
            "/tags/GoLang", "/tags/golang?junk=1", "/latest/00", "/latest?utm_source=x", "/embed/golang+golang",
        ])
    func uncached(_ path: String) async throws {
        let response = try await withPictures { try await $0.get(path) }
        #expect(response.status == .ok)
        #expect(response.headers[.cacheControl] == "no-store")
    }

    @Test(
        "Serves the pictures of posts whose ids no path can hold",
        arguments: [
            ".", "..", "a/b", "/", "~", "~2F", "a\u{0}b", "\\", "did:plc:abc/3k", "...", "é/😀", "%2e%2e", "a b",
        ])
    func oddIDs(_ id: String) async throws {
        let post = Post(
            id: Post.ID(source: "sandbox", value: id), publishedAt: Sample.now - 9,
            media: [Media(kind: .image, url: "https://pictures.example/1.jpg")])
        let path = try #require(Picture(of: post)).path
        #expect(path.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        #expect(path.split(separator: "/").count == 4)
        #expect(!path.split(separator: "/").contains { [".", "..", "%2E", "%2E%2E"].contains($0) })
        try await withSite(try Sample.gallery([post])) { client in
            let plain = try await client.get(path)
            // The post exists, but its picture cannot be fetched in this test.
            #expect(plain.status == .serviceUnavailable)
            let conditional = try await client.get(path, [.ifNoneMatch: "*"])
            #expect(conditional.status == .notModified)
        }
    }

    @Test("HEAD of a picture of unknown length does not make one up")
    func unknownLength() async throws {
        let response = try await withPictures { try await $0.get("/media/sandbox/4/0", method: .head) }
        #expect(response.status == .ok)
        #expect(response.headers[.contentLength] == nil)
        #expect(response.body.readableBytes == 0)
    }

    @Test(
        "Answers with an envelope when there is no picture",
        arguments: [
            ("/media/sandbox/2/1", 503, "503 Service Unavailable"), ("/latest/1/image", 503, "503 Service Unavailable"),
            ("/media/sandbox/2/0", 415, "415 Unsupported Media Type"), ("/media/sandbox/2/2", 404, "404"),
            ("/media/sandbox/2/-1", 404, "404"), ("/media/sandbox/8/0", 404, "404"), ("/media/other/1/0", 404, "404"),
            ("/latest/9/image", 416, "416 Requested Range Not Satisfiable"),
            ("/latest/x/image", 416, "416 Requested Range Not Satisfiable"),
        ]
    )
    func envelope(_ path: String, _ status: Int, _ reason: String) async throws {
        let response = try await withPictures { try await $0.get(path) }
        #expect(response.status.code == status)
        #expect(response.text == #"{"status":"NOT - OK: \#(reason)","URI":""}"# + "\n")
        #expect(response.headers[.cacheControl] == "no-store")
    }

    @Test("nginx is told which picture a pointer means, where it says that it has it")
    func pointers() async throws {
        let redirect: HTTPFields = [try #require(HTTPField.Name.testAcceleration): "redirect"]
        let expires: HTTPFields = [try #require(HTTPField.Name.testAcceleration): "expires"]
        let name = try #require(HTTPField.Name.accelRedirect)
        try await withPictures { (client: any TestClientProtocol) async throws -> Void in
            for path in [
                "/latest/image", "/tags/golang/latest/0/image?type=image", "/tags/golang/latest/image?x",
            ] {
                let response = try await client.get(path, redirect)
                #expect(response.status == .ok)
                #expect(response.headers[name] == "/.pictures/media/sandbox/1/0")
                #expect(response.headers[.cacheControl]?.hasPrefix("public, max-age=10,") == true)
                #expect(response.body.readableBytes == 0)
                let claim: HTTPFields = [try #require(HTTPField.Name("INSTACRAWLER-ACCEL")): "redirect"]
                for fields in [expires, claim, [:]] {
                    let response = try await client.get(path, fields)
                    #expect(response.headers[name] == nil)
                    #expect(Array(response.body.readableBytesView) == Upstream.png)
                }
                let tag = try #require(try await client.get("/media/sandbox/1/0").headers[.eTag])
                var known = redirect
                known[.ifNoneMatch] = tag
                let again = try await client.get(path, known)
                #expect(again.status == .notModified)
                #expect(again.headers[name] == nil)
            }
            // The picture's own address gets no redirect.
            #expect(try await client.get("/media/sandbox/1/0", redirect).headers[name] == nil)
        }
    }

    @Test("nginx keeps an error only in the place of what it has")
    func errors() async throws {
        let name = try #require(HTTPField.Name.accelExpires)
        let accelerated: HTTPFields = [try #require(HTTPField.Name.testAcceleration): "expires"]
        try await withPictures { (client: any TestClientProtocol) async throws -> Void in
            for path in ["/media/sandbox/9/0", "/latest/9/image", "/latest/9", "/x", "/%00"] {
                #expect(try await client.get(path, accelerated).headers[name] == "0", "\(path)")
                #expect(try await client.get(path).headers[name] == nil, "\(path)")
                var known = accelerated
                known[.ifNoneMatch] = "\"x\""
                #expect(try await client.get(path, known).headers[name] == nil, "\(path)")
            }
            #expect(try await client.get("/latest", accelerated).headers[name] == nil)
        }
    }

    @Test("Answers with an envelope when upstream takes too long")
    func timeout() async throws {
        var limits = Upstream.limits
        limits.firstByteTimeout = .milliseconds(100)
        let response = try await withPictures(limits) { try await $0.get("/media/sandbox/3/0") }
        #expect(response.status == .serviceUnavailable)
        #expect(response.text == #"{"status":"NOT - OK: 503 Service Unavailable","URI":""}"# + "\n")
    }
}
