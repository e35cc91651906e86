import AsyncHTTPClient
import Glibc
import NIOCore
import TestSupport
import Testing

@testable import Launcher

@Suite("Live updates, through nginx", .serialized, .timeLimit(.minutes(10)))
struct EventTests {
    /// Reads a stream until it has contained a text a number of times, or to the end.
    private func read(
        _ body: HTTPClientResponse.Body, until text: String, times: Int = 1, at start: String = ""
    ) async throws -> String {
        var all = start
        var pieces = body.makeAsyncIterator()
        while all.ranges(of: text).count < times, let piece = try await pieces.next() { all += String(buffer: piece) }
        return all
    }

    private func open(_ deployment: Deployment, _ path: String, lastEventID: String? = nil) async throws
        -> HTTPClientResponse
    {
        var request = HTTPClientRequest(url: deployment.browser.base + path)
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        return try await Browser.client.execute(request, timeout: .seconds(60))
    }

    private func values(of field: String, in text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("\(field): ") }.map { String($0.dropFirst(field.count + 2)) }
    }

    @Test func `The first bytes come at once, each new post as it is found, and Last-Event-ID goes on where it was`()
        async throws
    {
        try await Deployment.with(sandbox: ["--period", "1s"]) { deployment in
            let quiet = try await open(deployment, "/events")
            #expect(quiet.status == .ok)
            #expect(quiet.headers.first(name: "Content-Type") == "text/event-stream")
            #expect(quiet.headers.first(name: "X-Content-Type-Options") == "nosniff")
            #expect(try await read(quiet.body, until: "\n\n").hasPrefix("retry: "))

            let stream = try await open(deployment, "/tags/golang/events")
            let text = try await read(stream.body, until: "event: post\n", times: 3)
            let ids = values(of: "id", in: text)
            #expect(Set(ids).count == ids.count)
            let again = try await open(deployment, "/tags/golang/events", lastEventID: ids[1])
            let resumed = try await read(again.body, until: "event: post\n", times: 2)
            #expect(values(of: "id", in: resumed).dropFirst().prefix(2) == ids[2...3])
        }
    }

    @Test(arguments: [SIGTERM])
    func `A stop with open streams ends them cleanly, and waits for none`(signal: Int32) async throws {
        let deployment = try await Deployment.start(sandbox: ["--period", "10m"])
        let streams = try await withThrowingTaskGroup(of: HTTPClientResponse.self) { group in
            for _ in 0..<20 { group.addTask { try await open(deployment, "/events") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        deployment.up.process.send(signal)
        for stream in streams {
            // A stream that breaks off would throw.
            #expect(try await read(stream.body, until: "no such text").hasPrefix("retry: "))
        }
        #expect(await deployment.up.process.exitStatus() == .exited(0))
        #expect(!deployment.up.output.contains("limit=drain"), "streams did not hold the stop up")
        await deployment.sandbox.stop()
    }

    @Test func `Embeds may be framed by whom the setting names, and the pages by nobody`() async throws {
        let directory = TemporaryDirectory()
        let (sandbox, address) = try await Deployment.sandbox([])
        let port = Machine.freePort()
        var environment = Deployment.environment(directory, port: port, graph: address)
        environment["INSTACRAWLER_FRAME_ANCESTORS"] = "self https://*.example.com"
        let up = try await Program.start(Machine.instacrawler, ["up"], environment: environment)
        try #require(await up.line(containing: "InstaCrawler is ready") != nil, "\(up.output)")
        let browser = Browser(base: "http://127.0.0.1:\(port)")
        let embed = try await browser.get("/embed/golang")
        #expect(embed.status == 200)
        #expect(
            embed.headers.first(name: "Content-Security-Policy")?
                .hasSuffix("; frame-ancestors 'self' https://*.example.com") == true)
        let page = try await browser.get("/", [("Accept", "text/html")])
        #expect(page.headers.first(name: "Content-Security-Policy")?.hasSuffix("; frame-ancestors 'none'") == true)
        await up.stop()
        await sandbox.stop()
    }
}
