import AsyncHTTPClient
import FastCGI
import Hummingbird
import HummingbirdFastCGI
import Logging
import NIOHTTP1
import ServiceLifecycle
import TestSupport
import Testing

/// Checks that requests get the same responses over FastCGI as from Hummingbird's own HTTP server.
@Suite("Hummingbird over FastCGI", .serialized, .timeLimit(.minutes(10)))
struct EqualityTests {
    private let directory = TemporaryDirectory()

    struct Exchange: Sendable, CustomTestStringConvertible {
        var method = "GET"
        var path: String
        var fields: [(String, String)] = []
        var body: [UInt8] = []
        var testDescription: String { "\(method) \(path)" }
    }

    struct Answer: Equatable {
        var status: Int
        var fields: [String]
        var body: String
    }

    static let exchanges: [Exchange] =
        ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"].map { Exchange(method: $0, path: "/echo/a") }
        + [
            "/plain", "/plain/", "/pl%61in", "/parameter/a%20b", "/parameter/a%2Fb", "/parameter/%C3%A9",
            "/parameter/a+b",
            "/echo/a%20b%2Fc?x=1&y=%20+z&x=2&e=&f", "/echo/a?", "/echo/a//b", "/echo/../a", "/echo/a?q=%C3%A9#",
            "/empty",
            "/no-content", "/not-modified", "/redirect", "/cookies", "/streamed", "/large", "/refused", "/broken",
            "/missing", "/", "/teapot",
        ].map { Exchange(path: $0) }
        + ["/plain", "/empty", "/streamed", "/missing", "/large"].map { Exchange(method: "HEAD", path: $0) }
        + [
            Exchange(path: "/echo/a", fields: [("X-One", "1"), ("X-Two", "2"), ("X-One", "3"), ("X-Empty", "")]),
            Exchange(path: "/echo/a", fields: [("Cookie", "a=1; b=2")]),
            Exchange(
                path: "/echo/a", fields: [("X-Under-Score", "ünï"), ("X-Long", String(repeating: "l", count: 8_000))]),
            Exchange(
                method: "POST", path: "/echo/a", fields: [("Content-Type", "text/plain")], body: Array("body".utf8)),
            Exchange(method: "POST", path: "/echo/a", body: (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }),
            Exchange(method: "POST", path: "/collect", body: [UInt8](repeating: 1, count: 1_000)),
            Exchange(method: "POST", path: "/collect", body: [UInt8](repeating: 1, count: 1_001)),
            Exchange(method: "PUT", path: "/plain", body: [UInt8](repeating: 1, count: 100_000)),
        ]

    @Test("It answers as Hummingbird's own server does, for every request in the table")
    func equal() async throws {
        try await withServers { http, fastCGI in
            for exchange in Self.exchanges {
                let expected = try await Self.overHTTP(exchange, port: http)
                let answer = try await Self.overFastCGI(exchange, address: fastCGI)
                #expect(answer == expected, "\(exchange.testDescription)")
            }
        }
    }

    @Test("A field with a line break cannot be produced")
    func lineBreak() async throws {
        try await withServers { _, fastCGI in
            let answer = try await Self.overFastCGI(Exchange(path: "/line-break"), address: fastCGI)
            #expect(answer.status == 200)
            #expect(answer.fields == ["content-length: 0", "location: /a  X-Evil: 1"])
        }
    }

    @Test("A body above the limit is 413, and a method that is no token is 400")
    func refused() async throws {
        var limits = FastCGILimits()
        limits.bodyBytes = 1_000
        try await withServers(limits: limits) { _, fastCGI in
            let body = [UInt8](repeating: 1, count: 1_001)
            let large = try await Self.overFastCGI(
                Exchange(method: "POST", path: "/echo/a", body: body), address: fastCGI)
            #expect(large.status == 413)
            let method = try await Self.overFastCGI(Exchange(method: "NO TOKEN", path: "/plain"), address: fastCGI)
            #expect(method.status == 400)
        }
    }

    @Test("The context knows the CGI variables, and the logger the web server's id of the request")
    func context() async throws {
        let router = Router(context: BasicFastCGIRequestContext.self)
        router.get("who") { _, context in "\(context.cgi["REMOTE_ADDR"] ?? "-") \(context.id)" }
        let listening = Promise<String>()
        let application = FastCGIApplication(
            router: router, listeners: [TestServer.Transport.unix.listener(in: directory)],
            onServerRunning: { listening.fulfil($0.joined()) }, logger: LogRecorder().logger)
        try await Self.running(application) {
            let client = try await RawClient(to: await listening.wait())
            let answer = try await client.exchange(
                Wire.request(
                    1,
                    [
                        ("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/who"), ("REMOTE_ADDR", "192.0.2.7"),
                        ("HTTP_X_REQUEST_ID", "abc-1"),
                    ]))
            #expect(String(decoding: answer.output, as: UTF8.self).hasSuffix("\r\n\r\n192.0.2.7 abc-1"))
        }
    }

    private struct AddressMiddleware<Context: FastCGIRequestContext>: RouterMiddleware {
        func handle(
            _ request: Request, context: Context, next: (Request, Context) async throws -> Response
        ) async throws -> Response {
            var response = try await next(request, context)
            response.headers[.via] = context.cgi["REMOTE_ADDR"]
            return response
        }
    }

    private struct EndingService: Service {
        let started, ended: Promise<Void>

        func run() async throws {
            started.fulfil()
            try await gracefulShutdown()
            ended.fulfil()
        }
    }

    @Test("Middleware reads CGI variables, and services run as long as the server")
    func middlewareAndServices() async throws {
        let router = Router(context: BasicFastCGIRequestContext.self)
        router.add(middleware: AddressMiddleware())
        router.get("plain") { _, _ in "plain" }
        let (listening, started, ended) = (Promise<String>(), Promise<Void>(), Promise<Void>())
        let application = FastCGIApplication(
            router: router, listeners: [TestServer.Transport.unix.listener(in: directory)],
            services: [EndingService(started: started, ended: ended)],
            onServerRunning: { listening.fulfil($0.joined()) }, logger: .silent)
        try await Self.running(application) {
            let client = try await RawClient(to: await listening.wait())
            let response = try await client.exchange(
                Wire.request(
                    1, [("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/plain"), ("REMOTE_ADDR", "192.0.2.7")]))
            let text = String(decoding: response.output, as: UTF8.self).lowercased()
            #expect(text.contains("\r\nvia: 192.0.2.7\r\n"))
            try await started.wait()
        }
        try await ended.wait()
    }

    @Test("That a client has left is no error in the log", arguments: ["/collect", "/wait"])
    func clientGone(_ path: String) async throws {
        let (router, begun, ended) = (
            Router(context: BasicFastCGIRequestContext.self), Promise<Void>(), Promise<Void>()
        )
        router.post("collect") { request, _ in
            begun.fulfil()
            defer { ended.fulfil() }
            return try await String(buffer: request.body.collect(upTo: 1_000))
        }
        router.post("wait") { _, _ in
            begun.fulfil()
            defer { ended.fulfil() }
            try await Task.sleep(for: .seconds(60))
            return ""
        }
        let (listening, log) = (Promise<String>(), LogRecorder())
        let application = FastCGIApplication(
            router: router, listeners: [TestServer.Transport.unix.listener(in: directory)],
            onServerRunning: { listening.fulfil($0.joined()) }, logger: log.logger)
        try await Self.running(application) {
            let client = try await RawClient(to: await listening.wait())
            let head = Wire.head(1, [("REQUEST_METHOD", "POST"), ("REQUEST_URI", path), ("CONTENT_LENGTH", "100")])
            try await client.send(head + Wire.record(Wire.input, 1, [1]))
            try await begun.wait()
            client.close()
            try await ended.wait()
        }
        #expect(log.texts(.error).isEmpty, "\(log.texts)")
    }

    // MARK: The two servers

    private func withServers(
        limits: FastCGILimits = FastCGILimits(), _ test: (_ port: Int, _ address: String) async throws -> Void
    ) async throws {
        let (httpListening, fastCGIListening) = (Promise<Int>(), Promise<String>())
        let http = Application(
            router: EqualityRoutes.router(BasicRequestContext.self),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { httpListening.fulfil($0.localAddress?.port ?? 0) }, logger: .silent)
        let fastCGI = FastCGIApplication(
            router: EqualityRoutes.router(BasicFastCGIRequestContext.self),
            listeners: [TestServer.Transport.unix.listener(in: directory)], limits: limits,
            onServerRunning: { fastCGIListening.fulfil($0.joined()) }, logger: .silent)
        try await Self.running(http, fastCGI) {
            try await test(await httpListening.wait(), await fastCGIListening.wait())
        }
    }

    private static func running(_ services: any Service..., test: () async throws -> Void) async throws {
        let group = ServiceGroup(services: services, logger: .silent)
        let running = Task { try await group.run() }
        do {
            try await test()
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    private static func overHTTP(_ exchange: Exchange, port: Int) async throws -> Answer {
        let configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(exchange.path)")
            request.method = HTTPMethod(rawValue: exchange.method)
            for (name, value) in exchange.fields { request.headers.add(name: name, value: value) }
            if !exchange.body.isEmpty { request.body = .bytes(exchange.body) }
            let response = try await client.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 1 << 20)
            try await client.shutdown()
            return Answer(
                status: Int(response.status.code),
                fields: compared(response.headers.map { ($0.name, $0.value) }),
                body: String(buffer: body))
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    /// Sends the request as nginx would, with each header field as a variable.
    private static func overFastCGI(_ exchange: Exchange, address: String) async throws -> Answer {
        let target = exchange.path.prefix { $0 != "#" }
        var parameters = [
            ("REQUEST_METHOD", exchange.method), ("REQUEST_URI", String(target)), ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("CONTENT_LENGTH", exchange.body.isEmpty ? "" : "\(exchange.body.count)"), ("HTTP_HOST", "127.0.0.1"),
            ("HTTP_PROXY", ""),
        ]
        for (name, value) in exchange.fields {
            let variable = name.uppercased().replacing("-", with: "_")
            parameters.append((variable == "CONTENT_TYPE" ? variable : "HTTP_\(variable)", value))
        }
        let client = try await RawClient(to: address)
        let output = try await client.exchange(Wire.request(1, keep: true, parameters, body: exchange.body)).output
        client.close()
        let text = String(decoding: output, as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        var fields = text[..<end.lowerBound].split(separator: "\r\n").map { line -> (String, String) in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        let status = try #require(Int(fields.removeFirst().1.prefix(3)))
        return Answer(status: status, fields: compared(fields), body: String(text[end.upperBound...]))
    }

    /// Leaves out the fields that belong to the connection or to the web server.
    private static func compared(_ fields: [(String, String)]) -> [String] {
        fields.map { ($0.0.lowercased(), $0.1) }
            .filter { !["connection", "date", "server", "transfer-encoding"].contains($0.0) }
            .map { "\($0.0): \($0.1)" }.sorted()
    }
}
