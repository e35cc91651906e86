import NIOHTTP1
import Posts
import Testing

@testable import Launcher

@Suite("Pictures, through nginx", .serialized, .timeLimit(.minutes(10)))
struct PictureTests {
    @Test func `A picture is fetched once, has a length and ranges, and stays when upstream is gone`() async throws {
        let deployment = try await Deployment.start(sandbox: ["--period", "10m"])
        let browser = deployment.browser
        let first = try await browser.get("/latest/image")
        #expect(first.status == 200)
        #expect(first.headers.first(name: "Cross-Origin-Resource-Policy") == "cross-origin")
        let head = try await browser.ask(.HEAD, "/latest/image")
        #expect(head.status == 200)
        #expect(head.headers.first(name: "Content-Type") == first.headers.first(name: "Content-Type"))
        #expect(head.headers.first(name: "Content-Length") == "\(first.body.count)")
        #expect(head.body.isEmpty)
        // The filters select pictures.
        #expect(try await browser.get("/tags/golang/latest/image?source=sandbox").status == 200)
        #expect(try await browser.get("/tags/golang/latest/image?source=nobody").status == 416)

        await deployment.sandbox.stop()
        let kept = try await browser.get("/latest/image")
        #expect(["HIT", "REVALIDATED"].contains(kept.headers.first(name: "X-Cache")))
        #expect(kept.body == first.body)
        // An unknown parameter does not make another picture.
        let other = try await browser.get("/latest/image?n=1")
        #expect(["HIT", "REVALIDATED"].contains(other.headers.first(name: "X-Cache")))
        let part = try await browser.ask(.GET, "/latest/image", [("Range", "bytes=0-9")])
        #expect(part.status == 206)
        #expect(part.body == Array(first.body.prefix(10)))
        // A picture is fresh for a second. Then nginx asks the responder whether it has changed, which costs nothing
        // upstream.
        try await eventually("the picture was asked for again") {
            let answer = try await browser.get("/latest/image")
            #expect(answer.status == 200)
            #expect(answer.body == first.body)
            return answer.headers.first(name: "X-Cache") == "REVALIDATED"
        }
        #expect(try await browser.get("/latest/19/image").status == 503, "a picture that nobody has asked for before")
        await deployment.up.stop()
    }

    @Test func `A picture whose address has expired comes back with the next crawl`() async throws {
        try await Deployment.with(sandbox: ["--period", "10m", "--picture-lifetime", "2s"]) { deployment in
            func address() async throws -> String {
                try Deployment.address(in: try await deployment.browser.get("/latest/3").text)
            }
            // The gallery takes the first change of signatures at once, and the next only after minutes.
            let first = try await address()
            try await eventually("another address") { try await address() != first }
            let last = try await address()
            try await eventually("it expires") { try await Browser(base: "").get(last).status == 403 }
            try await eventually("the picture is there again") {
                try await deployment.browser.get("/latest/3/image").status == 200
            }
            let renewed = try await address()
            #expect(renewed != last)
        }
    }

    @Test func `A video is refused with a reason`() async throws {
        try await Deployment.with { deployment in
            let posts = try await deployment.browser.get("/tags/golang?limit=100").text
            let media = try #require(
                posts.split(separator: #"{"id":"sandbox:"#).first { $0.contains(#""media":[{"type":"video""#) })
            let id = media.prefix { $0 != "\"" }
            let answer = try await deployment.browser.get("/media/sandbox/\(id)/0")
            #expect(answer.status == 415)
            #expect(answer.text == #"{"status":"NOT - OK: 415 Unsupported Media Type","URI":""}"# + "\n")
            let part = try await deployment.browser.ask(.GET, "/media/sandbox/\(id)/0", [("Range", "bytes=0-9")])
            #expect(part.status == 415)
            #expect(part.text == answer.text)
            #expect(part.headers.first(name: "Content-Range") == nil)
        }
    }
}
