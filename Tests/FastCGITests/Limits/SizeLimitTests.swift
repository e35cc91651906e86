import FastCGI
import HTTPTypes
import Testing

@Suite("Limits of size", .serialized, .timeLimit(.minutes(10)))
struct SizeLimitTests {
    @Test("parameters that are too large get status 431", arguments: TestServer.Transport.allCases, [true, false])
    func parameters(_ transport: TestServer.Transport, _ keep: Bool) async throws {
        var limits = FastCGILimits()
        limits.parameterBytes = 2_000
        try await withServer(transport, limits: limits, handler: Handlers.hello) { server in
            let client = try await server.connect()
            let large = [("LONG", String(repeating: "x", count: 1_000_000))]
            async let sending: Void = client.send(Wire.request(4, keep: keep, large, body: pattern(1_000_000)))
            let answer = try await client.answer(to: 4)
            #expect(answer.text.hasPrefix("Status: 431 "))
            #expect(answer.status == Wire.requestComplete)
            try await sending
            #expect(server.statistics.hits(of: .parameterBytes) == 1 && server.hasLogged(.parameterBytes))
            #expect(server.log.texts.contains { $0.contains("larger than 2000 bytes") })
            if keep {
                #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
            } else {
                #expect(try await client.remaining().isEmpty)
            }
        }
    }

    @Test("more parameters than allowed get status 431, and the connection can be used on", arguments: [33, 100_000])
    func parameterCount(_ count: Int) async throws {
        var limits = FastCGILimits()
        limits.parameterBytes = 1_000_000
        limits.parameters = 32
        // Creates the head of a request, which traps above 65,535 fields.
        let handler: FastCGIServer.Handler = { request, response in
            let head = HTTPRequest(request.parameters)
            try await response.write(Array("\(head?.headerFields.count ?? -1)".utf8))
        }
        try await withServer(limits: limits, handler: handler) { server in
            let client = try await server.connect()
            let method = [("REQUEST_METHOD", "GET")]
            let many = method + (1..<count).map { _ in ("HTTP_A", "") }
            #expect(try await client.exchange(Wire.request(1, many)).text.hasPrefix("Status: 431 "))
            #expect(server.statistics.hits(of: .parameters) == 1 && server.hasLogged(.parameters))
            let most = method + (1..<32).map { _ in ("HTTP_A", "") }
            #expect(try await client.exchange(Wire.request(1, most)).text == "31")
        }
    }

    @Test("as many parameter bytes as allowed are served", arguments: [1_024, 100_000, 262_144, 1_000_000])
    func largestParameters(_ size: Int) async throws {
        var limits = FastCGILimits()
        limits.parameterBytes = size
        try await withServer(
            limits: limits,
            handler: { request, response in
                try await response.write(Array("\(request.parameters["NAME"]?.utf8.count ?? -1)".utf8))
            }
        ) { server in
            let client = try await server.connect()
            let value = String(repeating: "v", count: size - 9)
            #expect(Wire.pair("NAME", value).count == size)
            #expect(try await client.exchange(Wire.request(1, [("NAME", value)])).text == "\(size - 9)")
        }
    }

    @Test("a body that is too large fails in the handler, and the connection can be used on", arguments: [true, false])
    func body(_ handles: Bool) async throws {
        var limits = FastCGILimits()
        limits.bodyBytes = 1_000
        try await withServer(
            limits: limits,
            handler: { request, response in
                do {
                    for try await _ in request.body {}
                } catch FastCGIError.bodyTooLarge(let limit) where handles {
                    return try await response.write(Array("\(limit)".utf8))
                }
                try await response.write(Handlers.helloBytes)
            }
        ) { server in
            let client = try await server.connect()
            #expect(try await client.exchange(Wire.request(body: pattern(1_000))).output == Handlers.helloBytes)
            for size in [1_001, 3_000_000] {
                async let sending: Void = client.send(Wire.request(body: pattern(size)))
                let answer = try await client.answer()
                #expect(handles ? answer.text == "1000" : answer.text.hasPrefix("Status: 413 "))
                try await sending
            }
            #expect(try await client.exchange(Wire.request(body: [1])).output == Handlers.helloBytes)
            #expect(server.statistics.hits(of: .bodyBytes) == 2 && server.hasLogged(.bodyBytes))
        }
    }

    @Test("no body at all may be allowed")
    func noBody() async throws {
        var limits = FastCGILimits()
        limits.bodyBytes = 0
        try await withServer(limits: limits, handler: Handlers.echo) { server in
            let client = try await server.connect()
            #expect(try await client.exchange(Wire.request()).status == Wire.requestComplete)
            #expect(try await client.exchange(Wire.request(body: [1])).status == nil, "broken off in the answer")
        }
    }

    static let refused: [(String, @Sendable (inout FastCGILimits) -> Void)] = [
        ("parameterBytes", { $0.parameterBytes = 1_023 }), ("parameterBytes", { $0.parameterBytes = 1_000_001 }),
        ("bodyBytes", { $0.bodyBytes = -1 }), ("connections", { $0.connections = 0 }),
        ("receiveTimeout", { $0.receiveTimeout = .zero }), ("sendTimeout", { $0.sendTimeout = .seconds(-1) }),
        ("handlerTimeout", { $0.handlerTimeout = .zero }), ("drainTimeout", { $0.drainTimeout = .zero }),
        ("drainTimeout", { $0.drainTimeout = .seconds(Int64.max) }), ("parameters", { $0.parameters = 31 }),
        ("parameters", { $0.parameters = 10_001 }),
    ]

    @Test("settings that are not allowed are refused", arguments: 0..<refused.count)
    func settings(_ row: Int) async throws {
        let (name, change) = Self.refused[row]
        var limits = FastCGILimits()
        change(&limits)
        let error = await #expect(throws: FastCGIError.self) {
            try await withServer(limits: limits, handler: Handlers.hello) { _ in }
        }
        guard case .configuration(let refused, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refused == name)
        #expect(error?.description.contains("allowed is") == true)
    }
}
