import FastCGI
import Testing

@Suite("Clients that vanish", .serialized, .timeLimit(.minutes(10)))
struct VanishedClientTests {
    enum Way: String, CaseIterable, Sendable {
        case close
        case reset
        case halfClose
    }

    @Test("the handler is cancelled", arguments: TestServer.Transport.allCases, Way.allCases)
    func cancels(_ transport: TestServer.Transport, _ way: Way) async throws {
        let (begun, cancelled) = (Promise<Void>(), Promise<Void>())
        try await withServer(transport, handler: Handlers.waiting(begun: begun, cancelled: cancelled)) { server in
            let client = try await server.connect()
            try await client.send(Wire.request())
            try await begun.wait()
            switch way {
            case .close: client.close()
            case .reset: client.reset()
            case .halfClose: client.finishSending()
            }
            try await cancelled.wait()
            try await server.until { $0.connectionsOpen == 0 && $0.requestsActive == 0 }
        }
    }

    @Test(
        "the handler is cancelled, though it leaves most of the body unread", arguments: TestServer.Transport.allCases)
    func cancelsBeforeTheBody(_ transport: TestServer.Transport) async throws {
        let (begun, cancelled) = (Promise<Void>(), Promise<Void>())
        try await withServer(transport, handler: Handlers.waiting(begun: begun, cancelled: cancelled)) { server in
            let client = try await server.connect()
            let body = (0..<5).flatMap { _ in Wire.record(Wire.input, 1, [UInt8](repeating: 7, count: 32_768)) }
            try await client.send(Wire.head() + body)
            try await begun.wait()
            client.close()
            try await cancelled.wait()
            try await server.until { $0.connectionsOpen == 0 && $0.requestsActive == 0 }
        }
    }

    @Test(
        "one that has only finished sending gets its answer", arguments: TestServer.Transport.allCases, [true, false])
    func halfClosed(_ transport: TestServer.Transport, _ keep: Bool) async throws {
        let (begun, goOn) = (Promise<Void>(), Promise<Void>())
        try await withServer(
            transport,
            handler: { request, response in
                begun.fulfil()
                while goOn.current == nil { await Task.yield() }
                try await Handlers.echo(request, response)
            }
        ) { server in
            let client = try await server.connect()
            try await client.send(Wire.request(keep: keep, body: Array("body".utf8)))
            client.finishSending()
            try await begun.wait()
            goOn.fulfil()
            #expect(try await client.remaining() == Wire.answer(1, Array("\r\n\r\nbody".utf8)))
        }
    }

    @Test("in the middle of the body, reading it fails", arguments: TestServer.Transport.allCases)
    func withinBody(_ transport: TestServer.Transport) async throws {
        let (begun, failure) = (Promise<Void>(), Promise<FastCGIError?>())
        try await withServer(
            transport,
            handler: { request, _ in
                do {
                    for try await _ in request.body { begun.fulfil() }
                } catch {
                    failure.fulfil(error as? FastCGIError)
                }
            }
        ) { server in
            let client = try await server.connect()
            try await client.send(Wire.head() + Wire.record(Wire.input, 1, [1, 2, 3]))
            try await begun.wait()
            client.close()
            #expect(try await failure.wait() == .requestAborted)
            try await server.until { $0.connectionsOpen == 0 }
        }
    }

    static let beginnings = [
        BytesCase("before anything", []),
        BytesCase("in a header", [1, 1, 0]),
        BytesCase("in FCGI_BEGIN_REQUEST", Array(Wire.begin(1).prefix(12))),
        BytesCase("in the parameters", Wire.begin(1) + Wire.record(Wire.parameters, 1, Wire.pair("A", "b"))),
        BytesCase("after an answer", Wire.request()),
        BytesCase("in padding", Wire.begin(1) + Wire.record(Wire.parameters, 1, [], padding: 200).prefix(100)),
    ]

    @Test("wherever they are, the connection is closed", arguments: beginnings, TestServer.Transport.allCases)
    func closes(_ row: BytesCase, _ transport: TestServer.Transport) async throws {
        try await withServer(transport, handler: Handlers.hello) { server in
            let client = try await server.connect()
            try await client.send(row.sent)
            client.close()
            try await server.until { $0.connectionsAccepted == 1 && $0.connectionsOpen == 0 }
        }
    }

    @Test("one that takes nothing of its answer and vanishes ends the writer", arguments: TestServer.Transport.allCases)
    func whileWriting(_ transport: TestServer.Transport) async throws {
        let failure = Promise<FastCGIError?>()
        try await withServer(
            transport,
            handler: { _, response in
                do {
                    while true {
                        try await response.write([UInt8](repeating: 0, count: 65_536))
                    }
                } catch {
                    failure.fulfil(error as? FastCGIError)
                    throw error
                }
            }
        ) { server in
            let client = try await server.connect()
            try await client.send(Wire.request())
            _ = try await client.bytes(100)
            client.close()
            #expect(try await failure.wait() == .requestAborted)
            try await server.until { $0.connectionsOpen == 0 && $0.requestsActive == 0 }
        }
    }
}
