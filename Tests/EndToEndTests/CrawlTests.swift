import TestSupport
import Testing

@Suite("The crawl through nginx", .serialized, .timeLimit(.minutes(10)))
struct CrawlTests {
    @Test("The newest picture moves as the sandbox publishes; without the sandbox, it stays, and /health says why")
    func newestMoves() async throws {
        try await Deployment.with(sandbox: ["--period", "2s"]) { deployment in
            let browser = deployment.browser
            let first = try await browser.get("/latest").text
            try await eventually("another picture") { try await browser.get("/latest").text != first }
            #expect(try await browser.get("/health").text.contains("\"state\":\"ok\""))

            await deployment.sandbox.stop()
            try await eventually("the trouble shows") {
                let health = try await browser.get("/health")
                #expect(health.status == 200)
                return health.text.contains("\"state\":\"failing\"")
            }
            let kept = try await browser.get("/latest")
            #expect(kept.status == 200)
            #expect(kept.text.hasPrefix("{\"status\":\"OK\",\"URI\":\"http"))
            #expect(try await browser.get("/latest/5").status == 200)
            #expect(try await browser.get("/", [("Accept", "text/html")]).text.contains("<img"))
        }
    }

    @Test("While nothing has been found, /latest is 503 with Retry-After, and the token is nowhere")
    func nothingFound() async throws {
        let directory = TemporaryDirectory()
        let port = Machine.freePort()
        var environment = Deployment.environment(directory, port: port, graph: "http://127.0.0.1:1")
        environment["INSTACRAWLER_SOURCE"] = "instagram"
        environment["INSTAGRAM_USER_ID"] = "17841400000000000"
        environment["INSTAGRAM_ACCESS_TOKEN"] = "EAAsecret+token"
        environment["LOG_LEVEL"] = "debug"
        let up = try await Program.start(Machine.instacrawler, ["up"], environment: environment)
        try #require(await up.line(containing: "InstaCrawler is ready") != nil, "\(up.output)")
        let browser = Browser(base: "http://127.0.0.1:\(port)")
        let latest = try await browser.get("/latest")
        #expect(latest.status == 503)
        #expect(latest.text == "{\"status\":\"NOT - OK: 503 Service Unavailable\",\"URI\":\"\"}\n")
        #expect(latest.headers.first(name: "Retry-After") != nil)
        try await eventually("the trouble shows") {
            try await browser.get("/health").text.contains("\"state\":\"failing\"")
        }
        let health = try await browser.get("/health").text
        #expect(await up.stop() == .exited(0))
        for text in [health, up.output] { #expect(!text.contains("EAAsecret")) }
    }
}
