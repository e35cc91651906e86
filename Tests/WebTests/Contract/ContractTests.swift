import HTTPTypes
import Posts
import Testing

@testable import Web

@Suite struct ContractTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var path: String
        var status: Int
        var body: String

        init(_ path: String, _ status: Int, _ body: String) {
            self.path = path
            self.status = status
            self.body = body
        }

        var testDescription: String { path }
    }

    static let cases = [
        Case("/", 200, Body.ok),
        Case("/status", 200, Body.ok),
        Case("/latest", 200, Body.picture(0)),
        Case("/latest/0", 200, Body.picture(0)),
        Case("/latest/2", 200, Body.picture(2)),
        Case("/latest/002", 200, Body.picture(2)),
        Case("/latest?n=2", 200, Body.picture(0)),
        Case("/latest/1?/status", 200, Body.picture(1)),
        Case("/latest/3", 416, Body.outOfRange),
        Case("/latest/99999", 416, Body.outOfRange),
        Case("/latest/-1", 416, Body.outOfRange),
        Case("/latest/+1", 416, Body.outOfRange),
        Case("/latest/1.0", 416, Body.outOfRange),
        Case("/latest/0x1", 416, Body.outOfRange),
        Case("/latest/abc", 416, Body.outOfRange),
        Case("/latest/%20", 416, Body.outOfRange),
        Case("/latest/1%0A", 416, Body.outOfRange),
        Case("/latest/%D9%A1", 416, Body.outOfRange),
        Case("/latest/9223372036854775808", 416, Body.outOfRange),
        Case("/latest/99999999999999999999999999", 416, Body.outOfRange),
        Case("/nothing", 404, Body.notFound),
        Case("/statuses", 404, Body.notFound),
        Case("/Status", 404, Body.notFound),
        Case("/status/", 404, Body.notFound),
        Case("/latest/0/1", 404, Body.notFound),
        Case("/latest/0/image/x", 404, Body.notFound),
        Case("/favicon.ico", 404, Body.notFound),
        Case("/tags/golang/latest", 200, Body.picture(0)),
        Case("/tags/GoLang/latest/1", 200, Body.picture(1)),
        Case("/tags/gopher/latest", 200, Body.picture(7)),
        Case("/tags/gopher/latest/1", 416, Body.outOfRange),
        Case("/tags/gopher/latest/x", 416, Body.outOfRange),
        Case("/tags/void/latest", 503, Body.nothingYet),
        Case("/tags/void/latest/0", 503, Body.nothingYet),
        Case("/tags/void/latest/image", 503, Body.nothingYet),
        Case("/tags/void/latest/x", 416, Body.outOfRange),
        Case("/tags/swift/latest", 404, Body.notFound),
        Case("/tags/no%20tag/latest", 404, Body.notFound),
        Case("/tags/123/latest", 404, Body.notFound),
        Case("/tags/swift/latest/image", 404, Body.notFound),
        Case("/latest/3/image", 416, Body.outOfRange),
        Case("/media/sandbox/0", 404, Body.notFound),
    ]

    @Test("Answers the original contract byte for byte", arguments: cases)
    func contract(_ expected: Case) async throws {
        let response = try await withSite { try await $0.get(expected.path) }
        #expect(response.status.code == expected.status)
        #expect(response.text == expected.body)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.headers[.contentLength] == String(expected.body.utf8.count))
    }

    @Test("HEAD answers as GET without the body", arguments: cases)
    func head(_ expected: Case) async throws {
        let response = try await withSite { try await $0.get(expected.path, method: .head) }
        #expect(response.status.code == expected.status)
        #expect(response.text.isEmpty)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.headers[.contentLength] == String(expected.body.utf8.count))
    }

    @Test("Says when to ask again while nothing has been found", arguments: ["/latest", "/latest/0", "/latest/5"])
    func nothingYet(_ path: String) async throws {
        let response = try await withSite(try Sample.gallery([])) { try await $0.get(path) }
        #expect(response.status == .serviceUnavailable)
        #expect(response.text == Body.nothingYet)
        #expect(response.headers[.retryAfter] == "10")
        #expect(response.headers[.cacheControl] == "no-store")
    }

    @Test("Has nothing to show without a hashtag")
    func noHashtag() async throws {
        let response = try await withSite(Gallery(hashtags: [])) { try await $0.get("/latest") }
        #expect(response.text == Body.nothingYet)
    }

    @Test("Shows what a new gallery holds, and forgets the old one")
    func newGallery() async throws {
        let box = GalleryBox(try Sample.gallery([Sample.post(1, age: 10)]))
        let bodies = try await withSite(box: box) { client in
            let before = try await client.get("/latest").text
            box.replace(with: try Sample.gallery([Sample.post(1, age: 10), Sample.post(2, age: 5)], version: 2))
            return [before, try await client.get("/latest").text, try await client.get("/latest/1").text]
        }
        #expect(bodies == [Body.picture(1), Body.picture(2), Body.picture(1)])
    }

    @Test("Escapes addresses as Go does")
    func escaping() async throws {
        let picture = Media(kind: .image, url: "https://p.example/a?b=1&c=<2>")
        let response = try await withSite(try Sample.gallery([Sample.post(1, media: [picture])])) {
            try await $0.get("/latest")
        }
        let expected = #"{"status":"OK","URI":"https://p.example/a?b=1\u0026c=\u003c2\u003e"}"# + "\n"
        #expect(response.text == expected)
    }
}
