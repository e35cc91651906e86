import NIOHTTP1
import Testing

/// Feeds and caches, through nginx.
@Suite("Feeds through nginx", .serialized, .timeLimit(.minutes(10)))
struct FeedTests {
    @Test("A compressed answer has a weak tag, and whoever sends it back is told that nothing is new")
    func compressedTags() async throws {
        try await Deployment.with(sandbox: ["--period", "10m"]) { deployment in
            for path in [
                "/tags/golang/feed.atom", "/tags/golang/feed.rss", "/tags/golang/feed.json", "/tags/golang?q=the",
            ] {
                let plain = try await deployment.browser.get(path)
                let tag = try #require(plain.headers.first(name: "ETag"))
                #expect(tag.hasPrefix("\""), "\(path)")
                let compressed = try await deployment.browser.get(path, [("Accept-Encoding", "gzip")])
                #expect(compressed.headers.first(name: "Content-Encoding") == "gzip", "\(path)")
                #expect(compressed.headers.first(name: "Vary")?.contains("Accept-Encoding") == true, "\(path)")
                #expect(compressed.headers.first(name: "ETag") == "W/\(tag)", "\(path)")
                #expect(compressed.body.count < plain.body.count, "\(path)")
                for name in [tag, "W/\(tag)", "\"x\", W/\(tag)", "*"] {
                    let again = try await deployment.browser.get(
                        path, [("Accept-Encoding", "gzip"), ("If-None-Match", name)])
                    #expect(again.status == 304, "\(path) \(name)")
                    #expect(again.body.isEmpty, "\(path) \(name)")
                    let form = name.contains("W/") ? "W/\(tag)" : tag
                    #expect(again.headers["ETag"] == [form], "\(path) \(name)")
                    #expect(again.headers.first(name: "Vary") == compressed.headers.first(name: "Vary"), "\(path)")
                }
                let other = try await deployment.browser.get(path, [("If-None-Match", "W/\"x\"")])
                #expect(other.status == 200, "\(path)")
            }
        }
    }

    @Test("A browser may ask what a script may do, and every method is refused otherwise")
    func preflight() async throws {
        try await Deployment.with(sandbox: ["--period", "10m"]) { deployment in
            for path in ["/tags/golang", "/tags/golang/feed.json", "/latest/image"] {
                let question = [("Origin", "https://other.example"), ("Access-Control-Request-Method", "GET")]
                let answer = try await deployment.browser.ask(.OPTIONS, path, question)
                #expect(answer.status == 204, "\(path)")
                #expect(answer.headers["Access-Control-Allow-Origin"] == ["*"], "\(path)")
                let plain = try await deployment.browser.ask(.OPTIONS, path)
                #expect(plain.status == 405, "\(path)")
                #expect(plain.headers.first(name: "Allow") == "GET, HEAD", "\(path)")
                let read = try await deployment.browser.get(path, [("Origin", "https://other.example")])
                #expect(read.status == 200, "\(path)")
                #expect(read.headers["Access-Control-Allow-Origin"] == ["*"], "\(path)")
            }
        }
    }
}
