import FastCGI
import Testing

@Suite("Limits of time", .serialized, .timeLimit(.minutes(10)))
struct TimeLimitTests {
    private static func limits(_ change: (inout FastCGILimits) -> Void) -> FastCGILimits {
        var limits = FastCGILimits()
        change(&limits)
        return limits
    }

    static let stalls = [
        BytesCase("after one byte", [1]),
        BytesCase("in a header", [1, 1, 0, 1, 0]),
        BytesCase("in FCGI_BEGIN_REQUEST", Array(Wire.begin(1).prefix(13))),
        BytesCase("after FCGI_BEGIN_REQUEST", Wire.begin(1)),
        BytesCase("in the parameters", Array(Wire.head().dropLast(12))),
        BytesCase("before the end of the parameters", Array(Wire.head().dropLast(1))),
        BytesCase("in FCGI_GET_VALUES", Array(Wire.record(Wire.getValues, 0, [1, 0, 65]).dropLast())),
        BytesCase("in padding", Array(Wire.record(77, 0, [], padding: 100).dropLast())),
        BytesCase("in a record after an answer", Wire.request() + [1, 1, 0]),
    ]

    @Test("a peer that stalls is closed at its deadline", arguments: stalls)
    func receive(_ row: BytesCase) async throws {
        try await withServer(limits: Self.limits { $0.receiveTimeout = .milliseconds(200) }, handler: Handlers.hello) {
            server in
            let client = try await server.connect()
            let start = ContinuousClock.now
            try await client.send(row.sent)
            _ = try await client.remaining()
            let time = ContinuousClock.now - start
            #expect(time >= .milliseconds(200))
            #expect(server.statistics.hits(of: .receiveTimeout) == 1 && server.hasLogged(.receiveTimeout))
            try await server.until { $0.connectionsOpen == 0 }
        }
    }

    @Test("a record that is left unfinished while the handler runs counts from the answer on")
    func unfinishedRecord() async throws {
        let (begun, goOn) = (Promise<Void>(), Promise<Void>())
        let limits = Self.limits { $0.receiveTimeout = .milliseconds(200) }
        try await withServer(
            limits: limits,
            handler: { request, response in
                begun.fulfil()
                try await goOn.wait()
                try await Handlers.hello(request, response)
            }
        ) { server in
            let client = try await server.connect()
            try await client.send(Wire.head() + Wire.record(Wire.input, 1, pattern(100)).prefix(50))
            try await begun.wait()
            goOn.fulfil()
            #expect(try await client.answer().output == Handlers.helloBytes)
            #expect(try await client.remaining().isEmpty)
            #expect(server.statistics.hits(of: .receiveTimeout) == 1 && server.hasLogged(.receiveTimeout))
        }
    }

    @Test("an idle connection has no deadline, whatever came before")
    func idle() async throws {
        let limits = Self.limits { $0.receiveTimeout = .seconds(1) }
        try await withServer(limits: limits, handler: Handlers.hello) { server in
            let (quiet, asking) = (try await server.connect(), try await server.connect())
            let answered = try await server.connect()
            let question = Wire.record(Wire.getValues, 0, Wire.pair("FCGI_MAX_CONNS", ""))
            try await asking.send(Array(question.prefix(10)))
            try await asking.send(Array(question.dropFirst(10)))
            #expect(try await asking.record()?.type == Wire.values)
            try await answered.sendOneByOne(Wire.request())
            #expect(try await answered.answer().output == Handlers.helloBytes)
            // This sleep is the subject of the test.
            try await Task.sleep(for: .milliseconds(1_500))
            for client in [quiet, asking, answered] {
                #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
            }
            #expect(server.statistics.hits(of: .receiveTimeout) == 0)
        }
    }

    @Test("a body that stops coming fails in the handler, which may still answer")
    func body() async throws {
        let limits = Self.limits { $0.receiveTimeout = .milliseconds(200) }
        try await withServer(
            limits: limits,
            handler: { request, response in
                do {
                    for try await _ in request.body {}
                } catch FastCGIError.receiveTimeout {
                    try await response.write(Array("late".utf8))
                }
            }
        ) { server in
            let client = try await server.connect()
            let answer = try await client.exchange(Wire.head() + Wire.record(Wire.input, 1, [1, 2, 3]))
            #expect(answer == Answer(output: Array("late".utf8), status: Wire.requestComplete))
            #expect(server.statistics.hits(of: .receiveTimeout) == 1 && server.hasLogged(.receiveTimeout))
            #expect(try await client.exchange(Wire.request()).status == Wire.requestComplete)
        }
    }

    @Test("a client that takes nothing of its answer is closed", arguments: TestServer.Transport.allCases)
    func send(_ transport: TestServer.Transport) async throws {
        let failure = Promise<FastCGIError?>()
        let limits = Self.limits { $0.sendTimeout = .milliseconds(200) }
        try await withServer(
            transport, limits: limits,
            handler: { _, response in
                do {
                    while true { try await response.write([UInt8](repeating: 1, count: 100_000)) }
                } catch {
                    failure.fulfil(error as? FastCGIError)
                    throw error
                }
            }
        ) { server in
            let client = try await server.connect()
            try await client.send(Wire.request())
            #expect(try await failure.wait() == .sendTimeout)
            try await server.until { $0.connectionsOpen == 0 && $0.requestsActive == 0 }
            #expect(server.statistics.hits(of: .sendTimeout) == 1 && server.hasLogged(.sendTimeout))
        }
    }

    @Test("a writer's deadline stays while the body is read", arguments: TestServer.Transport.allCases)
    func sendWhileReading(_ transport: TestServer.Transport) async throws {
        let limits = Self.limits { $0.sendTimeout = .milliseconds(300) }
        try await withServer(
            transport, limits: limits,
            handler: { request, response in
                async let _: Void = { for try await _ in request.body {} }()
                while true { try await response.write([UInt8](repeating: 1, count: 100_000)) }
            }
        ) { server in
            let client = try await server.connect()
            try await client.send(Wire.head())
            await #expect(throws: SocketFailure.self) {
                while true {
                    try await client.send(Wire.record(Wire.input, 1, [1]))
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            #expect(server.statistics.hits(of: .sendTimeout) == 1 && server.hasLogged(.sendTimeout))
        }
    }

    @Test("a handler that begins no answer gets status 504 and is cancelled", arguments: [true, false])
    func handler(_ keep: Bool) async throws {
        let cancelled = Promise<Void>()
        let limits = Self.limits { $0.handlerTimeout = .milliseconds(200) }
        try await withServer(
            limits: limits,
            handler: { request, response in
                guard request.parameters["REQUEST_URI"] == "/slow" else {
                    return try await Handlers.hello(request, response)
                }
                try await Handlers.waiting(cancelled: cancelled)(request, response)
            }
        ) { server in
            let client = try await server.connect()
            let answer = try await client.exchange(Wire.request(keep: keep, [("REQUEST_URI", "/slow")]))
            #expect(answer.text.hasPrefix("Status: 504 Gateway Timeout\r\n"))
            #expect(answer.status == Wire.requestComplete)
            try await cancelled.wait()
            #expect(server.statistics.hits(of: .handlerTimeout) == 1 && server.hasLogged(.handlerTimeout))
            if keep {
                #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
            } else {
                #expect(try await client.remaining().isEmpty)
            }
        }
    }

    @Test("a handler that has begun its answer has no deadline")
    func begun() async throws {
        let limits = Self.limits { $0.handlerTimeout = .milliseconds(100) }
        try await withServer(
            limits: limits,
            handler: { _, response in
                try await response.write(Array("one ".utf8))
                try await Task.sleep(for: .milliseconds(400))
                try await response.write(Array("two".utf8))
            }
        ) { server in
            let client = try await server.connect()
            #expect(try await client.exchange(Wire.request()).text == "one two")
            #expect(server.statistics.hits(of: .handlerTimeout) == 0)
        }
    }
}
