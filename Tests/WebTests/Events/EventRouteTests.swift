import HTTPTypes
import Hummingbird
import Posts
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(10))) struct EventRouteTests {
    @Test(arguments: ["/events", "/tags/golang/events", "/tags/golang+gopher/events"])
    func `A stream that nobody feeds greets and ends`(_ path: String) async throws {
        let response = try await withSite { try await $0.get(path) }
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/event-stream")
        #expect(response.headers[.cacheControl] == "no-transform, no-store")
        #expect(response.headers[try #require(HTTPField.Name("X-Accel-Buffering"))] == "no")
        #expect(response.headers[.contentLength] == nil)
        let lines = response.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.map { $0.prefix { $0 != ":" } } == ["retry", "id", "", ""])
        let retry = try #require(lines[0].split(separator: " ").last.flatMap { Int($0) })
        #expect((2_000...5_000).contains(retry))
    }

    @Test func `HEAD gives the head of a stream and nothing of it`() async throws {
        let response = try await withSite { try await $0.get("/events", method: .head) }
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/event-stream")
        #expect(response.headers[.contentLength] == nil)
        #expect(response.body.readableBytes == 0)
    }

    @Test func `Last-Event-ID counts more than the address, which is that of the first request`() async throws {
        @Sendable func id(_ mark: Int) -> String {
            EventID(mark: PageCursor(after: Sample.post(mark, age: Int64(mark * 10 + 10)))).text
        }
        let name = try #require(HTTPField.Name("Last-Event-ID"))
        try await withSite { client in
            // The newest posts of #golang are a video and the pictures 0, 1 and 2.
            let fromAddress = try await client.get("/tags/golang/events?after=\(id(1))").text
            #expect(fromAddress.pieces(between: #"data: {"id":"sandbox:"#, and: "\"") == ["0", "9"])
            let fromHeader = try await client.get("/tags/golang/events?after=\(id(1))", [name: id(0)]).text
            #expect(fromHeader.pieces(between: #"data: {"id":"sandbox:"#, and: "\"") == ["9"])
            let cards = try await client.get("/tags/golang/events?view=card&after=\(id(1))").text
            #expect(cards.pieces(between: #"data: {"id":"sandbox:"#, and: "\"") == ["0"])
            #expect(cards.contains(#"","html":"\u003cli class=\"card\""#))
        }
    }

    @Test(arguments: [
        ("/events?view=xml", 400), ("/tags/other/events", 404), ("/tags/golang+/events", 404),
        ("/tags/golang+other/events", 404),
    ]
    )
    func `Refuses what it does not have`(_ path: String, _ status: Int) async throws {
        let response = try await withSite { try await $0.get(path) }
        #expect(response.status.code == status)
    }

    @Test func `The filters of a list choose among the posts of a stream`() async throws {
        let after = EventID(mark: PageCursor(after: Sample.post(2, age: 60))).text
        for (filter, posts) in [("type=video", ["9"]), ("type=image", ["2", "1", "0"]), ("source=other", [])] {
            let text = try await withSite { try await $0.get("/tags/golang/events?\(filter)&after=\(after)").text }
            #expect(text.pieces(between: #"data: {"id":"sandbox:"#, and: "\"") == posts, "\(filter)")
        }
        #expect(try await withSite { try await $0.get("/events?type=sound") }.status == .badRequest)
    }

    @Test func `Another method is refused`() async throws {
        let response = try await withSite { try await $0.get("/events", method: .post) }
        #expect(response.status == .methodNotAllowed)
    }

    @Test func `An id of an event is read as it was written`() {
        let mark = PageCursor(after: Sample.post(1))
        for id in [
            EventID(run: "a", sequence: 3, mark: mark), EventID(mark: mark), EventID(run: "a", mark: nil),
            EventID(
                run: "b", sequence: .max,
                mark: PageCursor(
                    after: Post(
                        id: Post.ID(source: "s", value: "1.2:3\r\n🙂"), publishedAt: -1, media: []))),
        ] {
            #expect(EventID(id.text) == id)
            #expect(id.text.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        }
    }
}
