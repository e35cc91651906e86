import NIOHTTP1
import Testing

/// The original contract, through nginx, byte for byte.
@Suite("The contract through nginx", .serialized, .timeLimit(.minutes(10)))
struct ContractTests {
    private static func envelope(_ status: String, _ address: String = "") -> String {
        "{\"status\":\"\(status)\",\"URI\":\"\(address)\"}\n"
    }

    @Test("Every line of the contract holds")
    func contract() async throws {
        try await Deployment.with(sandbox: ["--period", "10m"]) { deployment in
            let browser = deployment.browser
            let cases: [(String, Int, String)] = [
                ("/status", 200, Self.envelope("OK")),
                ("/", 200, Self.envelope("OK")),
                ("/latest/99999", 416, Self.envelope("NOT - OK: 416 Requested Range Not Satisfiable")),
                ("/latest/-1", 416, Self.envelope("NOT - OK: 416 Requested Range Not Satisfiable")),
                ("/latest/abc", 416, Self.envelope("NOT - OK: 416 Requested Range Not Satisfiable")),
                ("/nothing", 404, Self.envelope("NOT - OK: 404")),
                ("/latest/", 404, Self.envelope("NOT - OK: 404")),
                ("//latest", 404, Self.envelope("NOT - OK: 404")),
                ("/tags/unknown/latest", 404, Self.envelope("NOT - OK: 404")),
                ("/%00", 400, Self.envelope("NOT - OK: 400 Bad Request")),
            ]
            for (path, status, body) in cases {
                let answer = try await browser.get(path)
                #expect(answer.status == status, "\(path)")
                #expect(answer.text == body, "\(path)")
                #expect(answer.headers.first(name: "Content-Type") == "application/json", "\(path)")
            }
            let latest = try await browser.get("/latest")
            #expect(latest.status == 200)
            #expect(latest.text.hasPrefix("{\"status\":\"OK\",\"URI\":\"\(deployment.sandboxAddress)/media/"))
            #expect(latest.text.contains("\\u0026"))
            #expect(!latest.text.contains("&"))
            #expect(try await browser.get("/latest/0").body == latest.body)
            #expect(try await browser.get("/tags/golang/latest").body == latest.body)
            #expect(try await browser.get("/tags/golang/latest/1").body == browser.get("/latest/1").body)
            #expect(try await browser.get("/latest/1").body != latest.body)
        }
    }

    @Test("The addresses are those of pictures that the sandbox serves, and /latest/image is the picture")
    func pictures() async throws {
        try await Deployment.with(sandbox: ["--period", "10m"]) { deployment in
            let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            for number in [0, 1] {
                let text = try await deployment.browser.get("/latest/\(number)").text
                let original = try await Browser(base: "").get(try Deployment.address(in: text))
                #expect(original.status == 200)
                #expect(original.body.starts(with: signature))
                let proxied = try await deployment.browser.get("/latest/\(number)/image")
                #expect(proxied.status == 200)
                #expect(proxied.headers.first(name: "Content-Type") == "image/png")
                #expect(proxied.body == original.body)
            }
        }
    }

    @Test("HEAD has the length of GET and no body; other methods are refused")
    func methods() async throws {
        try await Deployment.with(sandbox: ["--period", "10m"]) { deployment in
            for path in ["/status", "/latest", "/nothing", "/latest/image"] {
                let get = try await deployment.browser.get(path)
                let head = try await deployment.browser.ask(.HEAD, path)
                #expect(head.status == get.status, "\(path)")
                #expect(head.body.isEmpty, "\(path)")
                #expect(head.headers.first(name: "Content-Length") == "\(get.body.count)", "\(path)")
            }
            for method in [HTTPMethod.POST, .PUT, .DELETE, .PATCH, .OPTIONS, .RAW(value: "BREW")] {
                let answer = try await deployment.browser.ask(method, "/latest")
                #expect(answer.status == 405, "\(method)")
                #expect(answer.headers.first(name: "Allow") == "GET, HEAD", "\(method)")
            }
        }
    }

    @Test("Browsers get a page, with the headers that keep them safe, and the request's id")
    func page() async throws {
        try await Deployment.with { deployment in
            let page = try await deployment.browser.get(
                "/", [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"), ("X-Request-ID", "abc-123")])
            #expect(page.status == 200)
            #expect(page.headers.first(name: "Content-Type") == "text/html; charset=utf-8")
            #expect(page.text.contains("<img"))
            #expect(page.headers.first(name: "Content-Security-Policy")?.contains("default-src 'none'") == true)
            #expect(page.headers["X-Content-Type-Options"] == ["nosniff"])
            #expect(page.headers.first(name: "Server") == "nginx")
            #expect(page.headers.first(name: "X-Request-ID") == "abc-123")
            #expect(await deployment.up.line(containing: "\"request_id\":\"abc-123\"") != nil)
            let own = try await deployment.browser.get("/status", [("X-Request-ID", "not an id")])
            #expect(own.headers.first(name: "X-Request-ID")?.count == 32)
        }
    }
}
