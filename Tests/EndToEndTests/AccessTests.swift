import TestSupport
import Testing

@testable import Launcher

@Suite("The access key through nginx", .serialized, .timeLimit(.minutes(10)))
struct AccessTests {
    private static let key = "correct-horse+battery"
    private static let header = [("Authorization", "Bearer \(key)")]
    private static let unauthorized = "{\"status\":\"NOT - OK: 401 Unauthorized\",\"URI\":\"\"}\n"

    @Test func `A picture that nginx kept is not served once a key is set, and with the key it is`() async throws {
        let directory = TemporaryDirectory()
        let history = ["--period", "10m"]
        var path = ""
        try await Deployment.with(sandbox: history, in: directory) { deployment in
            let page = try await deployment.browser.get("/", [("Accept", "text/html")]).text
            path = String(page[try #require(page.firstRange(of: "/media/")).lowerBound...].prefix { $0 != "\"" })
            for expected in ["MISS", "HIT"] {
                let picture = try await deployment.browser.get(path)
                #expect(picture.status == 200)
                #expect(picture.headers.first(name: "X-Cache") == expected)
            }
        }
        // A separate database: the posts in the other one lead to a sandbox that has ended.
        let settings = ["INSTACRAWLER_ACCESS_KEY": Self.key, "INSTACRAWLER_DATABASE": ":memory:"]
        try await Deployment.with(sandbox: history, environment: settings, in: directory) { deployment in
            let browser = deployment.browser
            for _ in 0..<3 {
                let without = try await browser.get(path)
                #expect(without.status == 401)
                #expect(without.text == Self.unauthorized)
                #expect(without.headers.first(name: "WWW-Authenticate") == "Bearer")
            }
            let page = try await browser.get("/", [("Accept", "text/html")] + Self.header).text
            let fresh = try #require(page.firstRange(of: "/media/"))
            let picture = String(page[fresh.lowerBound...].prefix { $0 != "\"" })
            for _ in 0..<2 {
                let with = try await browser.get(picture, Self.header)
                #expect(with.status == 200)
                #expect(with.headers.first(name: "X-Cache") == nil)
                #expect(with.headers.first(name: "Cache-Control")?.hasPrefix("private") == true)
                #expect(try await browser.get(picture).status == 401)
            }
        }
    }

    @Test func `What a page that was opened with the key leads to opens with its cookie`() async throws {
        try await Deployment.with(environment: ["INSTACRAWLER_ACCESS_KEY": Self.key]) { deployment in
            let browser = deployment.browser
            #expect(try await browser.get("/", [("Accept", "text/html")]).status == 401)
            let page = try await browser.get("/?key=\(Self.key)", [("Accept", "text/html")])
            #expect(page.status == 200)
            let cookie = try #require(page.headers.first(name: "Set-Cookie")).prefix { $0 != ";" }
            let links = ["href=\"/", "src=\"/"].flatMap { attribute in
                page.text.ranges(of: attribute).map { "/" + page.text[$0.upperBound...].prefix { $0 != "\"" } }
            }
            #expect(links.count > 20)
            for link in Set(links) {
                let answer = try await browser.get(link, [("Cookie", String(cookie))])
                #expect(answer.status == 200, "\(link)")
            }
            for path in ["/status", "/health"] { #expect(try await browser.get(path).status == 200) }
        }
    }

    @Test func `The key is in no line of any log`() async throws {
        let settings = ["INSTACRAWLER_ACCESS_KEY": Self.key, "LOG_LEVEL": "trace"]
        let escaped = Self.key.replacing("h", with: "%68").replacing("+", with: "%2B")
        try await Deployment.with(environment: settings) { deployment in
            let browser = deployment.browser
            let queries = ["key=\(Self.key)", "a=1&key=\(escaped)", "k%65y=\(Self.key)", "KEY=\(Self.key)"]
            for (number, query) in queries.enumerated() {
                _ = try await browser.get(
                    "/latest?\(query)",
                    [("X-Request-ID", "quiet-\(number)"), ("Referer", "http://127.0.0.1/tags?\(query)")])
                // nginx writes this request to its error log with the whole address.
                let body = "Content-Length: 70000\\r\\nConnection: close\\r\\n\\r\\n"
                let request = query.replacing("%", with: "%%")
                _ = try await RawRequest.send(
                    "POST /latest?\(request) HTTP/1.1\\r\\nHost: a\\r\\n\(body)", port: deployment.port)
            }
            for query in ["limit=5", "monkey=1"] {
                _ = try await browser.get("/tags?\(query)", Self.header)
                #expect(await deployment.up.line(containing: "\"query\":\"\(query)\"") != nil)
            }
            for number in queries.indices {
                #expect(await deployment.up.line(containing: "\"request_id\":\"quiet-\(number)\"") != nil)
            }
            #expect(await deployment.up.line(containing: "too large body") != nil)
            await deployment.stop()
            for text in ["correct-horse", "correct-%68orse"] { #expect(!deployment.up.output.contains(text)) }
        }
    }

    @Test func `A key that is none ends with 64, and is not shown`() async throws {
        let template = "\(Machine.repository)/nginx/nginx.conf.template"
        for key in ["short", "with space", "quote\"quote"] {
            let result = try await Program.run(
                Machine.instacrawler, ["render", template], environment: ["INSTACRAWLER_ACCESS_KEY": key])
            #expect(result.status == .exited(64))
            #expect(
                result.output.hasPrefix("instacrawler: INSTACRAWLER_ACCESS_KEY is not allowed as it is; allowed is 8"))
            #expect(!result.output.contains(key))
        }
    }

    @Test(arguments: [nil, "correct-horse"]) func `nginx is told whether there is a key, and not which`(key: String?)
        async throws
    {
        let result = try await Program.run(
            Machine.instacrawler, ["render", "\(Machine.repository)/nginx/nginx.conf.template"],
            environment: key.map { ["INSTACRAWLER_ACCESS_KEY": $0] } ?? [:])
        #expect(result.status == .exited(0))
        #expect(result.output.contains("default \(key == nil ? 0 : 1);"))
        #expect(!result.output.contains("horse"))
    }
}
