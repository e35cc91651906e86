import AsyncHTTPClient
import TestSupport
import Testing

@Suite("Limits in nginx", .serialized, .timeLimit(.minutes(10)))
struct LimitTests {
    private static let refusal = "{\"status\":\"NOT - OK: 429 Too Many Requests\",\"URI\":\"\"}\n"

    /// One request a minute and five at once. A test is too short for used requests to become available again.
    private static let limits = ["INSTACRAWLER_RATE_LIMIT": "1r/m", "INSTACRAWLER_RATE_BURST": "5"]

    /// Returns how many of ten requests succeeded.
    private func answered(_ browser: Browser, _ path: String, from address: String?) async throws -> Int {
        var answered = 0
        for _ in 0..<10 {
            let answer = try await browser.get(path, address.map { [("X-Forwarded-For", $0)] } ?? [])
            if answer.status == 429 {
                #expect(answer.text == Self.refusal)
                #expect(answer.headers.first(name: "Content-Type") == "application/json")
                #expect(answer.headers.first(name: "Retry-After") == "1")
                #expect(answer.headers.first(name: "X-Request-ID") != nil)
                #expect(answer.headers.first(name: "Access-Control-Allow-Origin") == "*")
            } else {
                #expect(answer.status == 200)
                answered += 1
            }
        }
        return answered
    }

    @Test func `Each network has its share, whatever a reader claims, and the state of the service is for all`()
        async throws
    {
        try await Deployment.with(environment: Self.limits) { try await share($0.browser) }
    }

    private func share(_ browser: Browser) async throws {
        #expect(try await answered(browser, "/latest", from: "203.0.113.7") == 6)
        #expect(try await answered(browser, "/latest/image", from: "203.0.113.7") == 0)
        // The client may write anything before the router's part.
        #expect(try await answered(browser, "/latest", from: "198.51.100.1, 203.0.113.7") == 0)
        #expect(try await answered(browser, "/latest", from: "127.0.0.1, 203.0.113.7") == 0)
        #expect(try await answered(browser, "/latest", from: "203.0.113.8") == 6)
        // One client has all addresses of a network of 64 bits.
        #expect(try await answered(browser, "/latest", from: "2001:db8:1:2::1") == 6)
        #expect(try await answered(browser, "/latest", from: "2001:db8:1:2:ffff::9") == 0)
        #expect(try await answered(browser, "/latest", from: "2001:db8:1:3::1") == 6)
        for path in ["/status", "/health"] {
            #expect(try await answered(browser, path, from: "203.0.113.7") == 10)
        }
        // Without a router, the peer counts, and this machine has no limit.
        #expect(try await answered(browser, "/latest", from: nil) == 10)
        // A forwarded request does not come from this machine, whatever address it claims.
        for claimed in ["127.0.0.1", "::1", "not an address"] {
            #expect(try await answered(browser, "/latest", from: claimed) < 10, "\(claimed)")
        }
    }

    @Test func `Only the networks that are trusted can say who the reader is and how he came`() async throws {
        let settings = Self.limits.merging(["INSTACRAWLER_TRUSTED_PROXIES": "192.0.2.0/24, 198.51.100.7"]) { $1 }
        try await Deployment.with(environment: settings) { deployment in
            let browser = deployment.browser
            #expect(try await answered(browser, "/latest", from: "203.0.113.7") == 6)
            // The peer is the same.
            #expect(try await answered(browser, "/latest", from: "203.0.113.8") == 0)
            #expect(try await answered(browser, "/latest", from: nil) == 10)
            let feed = try await browser.get("/feed.json", [("X-Forwarded-Proto", "https")])
            #expect(feed.text.contains(#""feed_url":"http://"#))
        }
    }

    @Test func `The limit can be turned off`() async throws {
        try await Deployment.with(environment: ["INSTACRAWLER_RATE_LIMIT": "off"]) { deployment in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<300 {
                    group.addTask {
                        try await deployment.browser.get("/latest", [("X-Forwarded-For", "203.0.113.7")]).status
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(statuses == [200])
        }
    }

    @Test func `A network has so many streams at once, and this machine any number`() async throws {
        // The same files, with a limit that a test can reach.
        let directory = TemporaryDirectory()
        let nginx = directory["nginx"]
        _ = try await Program.run("/bin/cp", ["-r", "\(Machine.repository)/nginx", nginx])
        let file = "\(nginx)/snippets/server/events.conf"
        let limit = "limit_conn instacrawler_streams"
        _ = try await Program.run("/bin/sed", ["-i", "s/\(limit) [0-9]*;/\(limit) 3;/", file])
        try await Deployment.with(environment: ["INSTACRAWLER_NGINX": nginx], in: directory) { deployment in
            func open(_ path: String, from address: String?) async throws -> HTTPClientResponse {
                var request = HTTPClientRequest(url: deployment.browser.base + path)
                if let address { request.headers.add(name: "X-Forwarded-For", value: address) }
                return try await Browser.client.execute(request, timeout: .seconds(30))
            }
            // A stream stays open as long as its response is retained.
            var streams: [HTTPClientResponse] = []
            for path in ["/events", "/tags/golang/events", "/events?type=image"] {
                streams.append(try await open(path, from: "203.0.113.7"))
            }
            for _ in 0..<5 { streams.append(try await open("/events", from: nil)) }
            streams.append(try await open("/events", from: "203.0.113.8"))
            #expect(streams.allSatisfy { $0.status == .ok })
            let refused = try await deployment.browser.get("/events", [("X-Forwarded-For", "203.0.113.7")])
            #expect(refused.status == 429)
            #expect(refused.text == Self.refusal)
            #expect(refused.headers.first(name: "Retry-After") == "1")
            #expect(try await deployment.browser.get("/latest", [("X-Forwarded-For", "203.0.113.7")]).status == 200)
            streams.removeFirst()
            try await eventually("the reader that went away has made room") {
                try await open("/events", from: "203.0.113.7").status == .ok
            }
            withExtendedLifetime(streams) {}
        }
    }

    @Test func `What nginx refuses is refused with an envelope`() async throws {
        let long = String(repeating: "x", count: 17_000)
        let cases: [(head: String, status: Int, text: String)] = [
            ("GET /.errors/400 HTTP/1.1\\r\\nHost: a", 404, "404"),
            ("GET /%%00 HTTP/1.1\\r\\nHost: a", 400, "400 Bad Request"),
            ("GET / HTTP/1.1", 400, "400 Bad Request"),
            ("GET / HTTP/9.0\\r\\nHost: a", 505, "505 HTTP Version Not Supported"),
            ("TRACE /latest HTTP/1.1\\r\\nHost: a", 405, "405 Method Not Allowed"),
            ("POST /latest HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 70000", 413, "413 Content Too Large"),
            ("GET / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: brew", 501, "501 Not Implemented"),
            ("GET /\(long) HTTP/1.1\\r\\nHost: a", 414, "414 URI Too Long"),
            ("GET / HTTP/1.1\\r\\nHost: a\\r\\nX-A: \(long)", 431, "431 Request Header Fields Too Large"),
        ]
        try await Deployment.with { deployment in
            for (head, status, text) in cases {
                let answer = try await RawRequest.send(
                    "\(head)\\r\\nConnection: close\\r\\n\\r\\n", port: deployment.port)
                let name = "\(head.prefix(60))"
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(name): \(answer.prefix(200))")
                #expect(answer.contains("Content-Type: application/json\r\n"), "\(name)")
                #expect(
                    answer.hasSuffix("\r\n\r\n{\"status\":\"NOT - OK: \(text)\",\"URI\":\"\"}\n"),
                    "\(name): \(answer.suffix(200))")
                #expect(answer.contains("\r\nAllow: GET, HEAD\r\n") == (status == 405), "\(name)")
                #expect(answer.contains("\r\nAccess-Control-Allow-Origin: *\r\n"), "\(name)")
                #expect(answer.contains("\r\nCache-Control: no-store\r\n"), "\(name)")
            }
        }
    }
}
