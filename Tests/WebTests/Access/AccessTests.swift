import HTTPTypes
import Hummingbird
import Testing

@testable import Web

@Suite struct AccessTests {
    static let text = "correct-horse+battery/staple="
    static var key: AccessKey? { AccessKey(text) }
    static let unauthorized = #"{"status":"NOT - OK: 401 Unauthorized","URI":""}"# + "\n"

    @Test(arguments: ["/status", "/health", "/%73tatus"]) func `The state of the service is for everybody`(uri: String)
        async throws
    {
        #expect(try await withSite(accessKey: Self.key) { try await $0.get(uri).status } == .ok)
    }

    @Test(
        arguments: [
            "/", "/latest", "/latest/image", "/tags", "/tags/golang", "/media/sandbox/0/0", "/metrics", "/openapi.json",
            HashedAsset.galleryStyle.path, "/nothing", "//", "/status/", "/status/x", "/STATUS", "/health/..",
        ])
    func `All else wants the key`(uri: String) async throws {
        try await withSite(accessKey: Self.key) { client in
            let without = try await client.get(uri)
            #expect(without.status == .unauthorized)
            #expect(without.text == Self.unauthorized)
            #expect(without.headers[.wwwAuthenticate] == "Bearer")
            #expect(without.headers[.cacheControl] == "no-store")
            #expect(try await client.get(uri, method: .post).status == .unauthorized)
            let head = try await client.get(uri, method: .head)
            #expect(head.status == .unauthorized)
            #expect(head.body.readableBytes == 0)
            let with = try await client.get(uri, [.authorization: "Bearer \(Self.text)"])
            #expect(with.status != .unauthorized)
        }
    }

    @Test(
        arguments: [
            "Bearer \(text)", "bearer  \(text) ", "Bearer wrong-key", "Bearer", "Basic \(text)", "Bearer \(text)x", "",
            "Bearer \(text.dropLast())", "Bearer \(text) \(text)",
        ])
    func `Only the key itself is let in`(field: String) async throws {
        let isRight = ["Bearer \(Self.text)", "bearer  \(Self.text) "].contains(field)
        let status = try await withSite(accessKey: Self.key) {
            try await $0.get("/latest", [.authorization: field]).status
        }
        #expect(status == (isRight ? .ok : .unauthorized))
    }

    @Test(
        arguments: [
            "key=\(text)", "a=b&key=\(text.percentEncoded)", "key=wrong-key&key=\(text)", "Key=\(text)",
            "key=",
            "key", "xkey=\(text)",
        ])
    func `A reader that can send no header names the key in the query`(query: String) async throws {
        let isRight = query.hasPrefix("key=correct") || query.hasPrefix("a=b")
        let status = try await withSite(accessKey: Self.key) { try await $0.get("/latest?\(query)").status }
        #expect(status == (isRight ? .ok : .unauthorized))
    }

    @Test func `A page that was opened with the key gives a cookie that opens all it leads to`() async throws {
        try await withSite(accessKey: Self.key) { client in
            let page = try await client.page("/tags/golang?key=\(Self.text)")
            #expect(page.status == .ok)
            #expect(page.headers[.setCookie] == "instacrawler_key=\(Self.text); Path=/; HttpOnly; SameSite=Lax")
            #expect(!page.text.contains("correct-horse"))
            let cookie: HTTPFields = [.cookie: "theme=dark; instacrawler_key=\(Self.text)"]
            for uri in ["/tags/golang", HashedAsset.galleryStyle.path, "/tags"] {
                let answer = try await client.get(uri, cookie)
                #expect(answer.status == .ok, "\(uri)")
                #expect(answer.headers[.setCookie] == nil, "\(uri)")
            }
            let wrong = try await client.get("/tags", [.cookie: "instacrawler_key=wrong-key"])
            #expect(wrong.status == .unauthorized)
        }
    }

    @Test func `The cookie of a page that came by https stays with https, and programs get none`() async throws {
        try await withSite(accessKey: Self.key) { client in
            let secure: HTTPFields = [
                .accept: "text/html", try #require(HTTPField.Name.testScheme): "https",
            ]
            // Must have no effect: any client can send this field.
            let claimed: HTTPFields = [
                .accept: "text/html", try #require(HTTPField.Name("X-Forwarded-Proto")): "https",
            ]
            let plain = try await client.get("/?key=\(Self.text)", claimed)
            #expect(plain.headers[.setCookie]?.hasSuffix("; Secure") == false)
            let page = try await client.get("/?key=\(Self.text)", secure)
            #expect(page.headers[.setCookie]?.hasSuffix("; Secure") == true)
            #expect(try await client.get("/tags?key=\(Self.text)").headers[.setCookie] == nil)
            let shown = try await client.get("/", [.accept: "text/html", .authorization: "Bearer \(Self.text)"])
            #expect(shown.headers[.setCookie] == nil)
        }
    }

    @Test func `Caches that are shared keep nothing of a service with a key`() async throws {
        let open = try await withSite { try await $0.get("/tags/golang").headers[.cacheControl] }
        #expect(open?.hasPrefix("public, max-age=5") == true)
        let closed = try await withSite(accessKey: Self.key) {
            try await $0.get("/tags/golang?key=\(Self.text)").headers[.cacheControl]
        }
        #expect(closed?.hasPrefix("private, max-age=5") == true)
    }

    @Test(arguments: FeedFormat.allCases)
    func `A feed that was asked for with the key has pictures that open, and no other feed has the key`(
        format: FeedFormat
    ) async throws {
        let path = "/tags/golang/\(format.file)"
        try await withSite(accessKey: Self.key) { client in
            let escaped = "key=\(Self.text.percentEncoded)"
            let header: HTTPFields = [.authorization: "Bearer \(Self.text)"]
            let plain = try await client.get(path, header)
            let with = try await client.get("\(path)?\(escaped)")
            #expect(with.status == .ok)
            #expect(with.text.count(of: "/media/") > 2)
            #expect(with.text.count(of: "/media/") == with.text.count(of: escaped, after: "/media/"))
            for other in [plain, try await client.get(path, header)] {
                #expect(other.text.contains("/media/"))
                #expect(!other.text.contains("key="))
            }
        }
    }

    @Test func `Links carry the key on where the request had it in its address, and only then`() throws {
        func links(_ uri: String, _ headers: HTTPFields = [:], key: AccessKey? = Self.key) -> OwnLinks {
            let head = HTTPRequest(method: .get, scheme: "http", authority: "x", path: uri, headerFields: headers)
            return OwnLinks(Request(head: head, body: RequestBody(buffer: .init())), key)
        }
        let with = links("/a?key=\(Self.text.percentEncoded)")
        #expect(with.carryKey)
        #expect(with.address("/b") == "/b?key=correct-horse%2Bbattery%2Fstaple%3D")
        #expect(with.address("https://x/b?a=1") == "https://x/b?a=1&key=correct-horse%2Bbattery%2Fstaple%3D")
        for other in [
            links("/a"), links("/a?key=wrong-key"), links("/a", [.authorization: "Bearer \(Self.text)"]),
            links("/a?key=\(Self.text)", key: nil),
        ] {
            #expect(!other.carryKey)
            #expect(other.address("/b?a=1") == "/b?a=1")
        }
    }
}
