import Dispatch
import FastCGI
import Glibc
import TestSupport
import Testing

@Suite("The end of a server", .serialized, .timeLimit(.minutes(10)))
struct ShutdownTests {
    private let directory = TemporaryDirectory()

    private static func fileExists(_ address: String) -> Bool {
        access(String(address.dropFirst("unix:".count)), F_OK) == 0
    }

    /// Starts a server without the helper that stops it.
    private static func server(
        limits: FastCGILimits = FastCGILimits(), handler: @escaping FastCGIServer.Handler
    ) async throws -> TestServer {
        try await TestServer(TestServer.Transport.unix, limits: limits, handler: handler)
    }

    @Test("open requests complete, idle connections are closed, and the socket's file is removed")
    func graceful() async throws {
        let goOn = Promise<Void>()
        let server = try await Self.server { request, response in
            if request.parameters["REQUEST_URI"] == "/slow" { try await goOn.wait() }
            try await Handlers.hello(request, response)
        }
        #expect(Self.fileExists(server.address))
        let (idle, busy, fresh) = (
            try await server.connect(), try await server.connect(), try await server.connect()
        )
        _ = try await idle.exchange(Wire.request())
        try await busy.send(Wire.request(1, [("REQUEST_URI", "/slow")]))
        try await server.until { $0.requestsStarted == 2 && $0.requestsActive == 1 && $0.connectionsOpen == 3 }
        await server.beginShutdown()
        #expect(try await idle.remaining().isEmpty)
        #expect(try await fresh.remaining().isEmpty)
        #expect(server.statistics.requestsActive == 1)
        goOn.fulfil()
        #expect(try await busy.remaining() == Wire.answer(1, Handlers.helloBytes), "closed although it was to be kept")
        try await server.stop()
        #expect(!Self.fileExists(server.address))
        #expect(server.statistics.connectionsOpen == 0)
        #expect(server.statistics.hits(of: .drainTimeout) == 0)
        await #expect(throws: SocketFailure.self) { try await server.connect() }
    }

    @Test("while open requests complete, a newcomer is refused at once, and a successor can listen on the same address")
    func newcomers() async throws {
        let goOn = Promise<Void>()
        let path = directory["s"]
        let server = try await TestServer(.unix(path: path)) { request, response in
            try await goOn.wait()
            try await Handlers.hello(request, response)
        }
        let busy = try await server.connect()
        try await busy.send(Wire.request())
        try await server.until { $0.requestsActive == 1 }
        await server.beginShutdown()
        while (try? await server.connect()) != nil { await Task.yield() }
        let successor = try await TestServer(.unix(path: path), handler: Handlers.hello)
        let client = try await successor.connect()
        #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
        goOn.fulfil()
        #expect(try await busy.remaining() == Wire.answer(1, Handlers.helloBytes))
        try await server.stop()
        #expect(Self.fileExists(successor.address), "the file of the successor stays")
        try await successor.stop()
    }

    @Test("who waits to be accepted when the end begins is served")
    func waiting() async throws {
        let (begun, goOn) = (Promise<Void>(), DispatchSemaphore(value: 0))
        let server = try await TestServer(TestServer.Transport.unix, workers: 1) { request, response in
            if request.parameters["REQUEST_URI"] == "/hold" {
                begun.fulfil()
                // Blocks the only worker, so that it cannot accept connections.
                holdThread(until: goOn)
            }
            try await Handlers.hello(request, response)
        }
        let first = try await server.connect()
        try await first.send(Wire.request(1, [("REQUEST_URI", "/hold")]))
        try await begun.wait()
        let second = try await server.connect()
        try await second.send(Wire.request())
        #expect(server.statistics.connectionsAccepted == 1)
        await server.beginShutdown()
        try await server.until { $0.connectionsAccepted == 2 }
        goOn.signal()
        #expect(try await first.remaining() == Wire.answer(1, Handlers.helloBytes))
        #expect(try await second.remaining() == Wire.answer(1, Handlers.helloBytes))
        try await server.stop()
    }

    @Test("a request that is arriving is still served")
    func arriving() async throws {
        let server = try await Self.server(handler: Handlers.echo)
        let client = try await server.connect()
        let request = Wire.request(body: [65, 66])
        try await client.send(Array(request.prefix(30)))
        let other = try await server.connect()
        #expect(try await other.exchange(Wire.request()).status == Wire.requestComplete)
        await server.beginShutdown()
        #expect(try await other.remaining().isEmpty)
        try await client.send(Array(request.dropFirst(30)))
        #expect(try await client.remaining() == Wire.answer(1, Array("\r\n\r\nAB".utf8)))
        try await server.stop()
    }

    @Test(
        "a connection on which the last record asked for nothing more is closed",
        arguments: [
            BytesCase("a question", Wire.record(77, 0)),
            BytesCase("an abort", Wire.begin(1) + Wire.abort(1)),
        ])
    func nothingMore(_ row: BytesCase) async throws {
        let server = try await Self.server(handler: Handlers.hello)
        let (client, other) = (try await server.connect(), try await server.connect())
        try await client.send(Array(row.sent.dropLast()))
        #expect(try await other.exchange(Wire.request()).status == Wire.requestComplete)
        await server.beginShutdown()
        #expect(try await other.remaining().isEmpty)
        try await client.send(Array(row.sent.suffix(1)))
        #expect(try await client.remaining().count == 16)
        try await server.stop()
        #expect(server.statistics.hits(of: .drainTimeout) == 0)
    }

    @Test("an aborted or late request ends its connection", arguments: [true, false])
    func abortedWhileDraining(_ aborts: Bool) async throws {
        var limits = FastCGILimits()
        limits.handlerTimeout = .milliseconds(300)
        // If the shutdown waited for this timeout, the test would hang.
        limits.drainTimeout = .seconds(3_600)
        let (begun, cancelled) = (Promise<Void>(), Promise<Void>())
        let server = try await Self.server(
            limits: limits, handler: Handlers.waiting(begun: begun, cancelled: cancelled))
        let client = try await server.connect()
        try await client.send(Wire.request())
        try await begun.wait()
        await server.beginShutdown()
        if aborts { try await client.send(Wire.abort(1)) }
        _ = try await client.remaining()
        client.close()
        try await server.stop()
        try await cancelled.wait()
        #expect(server.statistics.hits(of: .drainTimeout) == 0)
    }

    @Test("requests that go on too long are given up")
    func drainTimeout() async throws {
        var limits = FastCGILimits()
        limits.drainTimeout = .milliseconds(300)
        let cancelled = Promise<Void>()
        let server = try await Self.server(limits: limits, handler: Handlers.waiting(cancelled: cancelled))
        let client = try await server.connect()
        try await client.send(Wire.request())
        try await server.until { $0.requestsActive == 1 }
        let start = ContinuousClock.now
        try await server.stop()
        #expect(ContinuousClock.now - start >= .milliseconds(300))
        try await cancelled.wait()
        #expect(try await client.remaining().isEmpty)
        #expect(server.statistics.hits(of: .drainTimeout) == 1 && server.hasLogged(.drainTimeout))
        #expect(server.log.texts.contains { $0.contains("drain_timeout") })
    }

    @Test("a handler that ignores its cancellation does not keep the server from returning")
    func stubborn() async throws {
        var limits = FastCGILimits()
        limits.drainTimeout = .milliseconds(100)
        let goOn = Promise<Void>()
        let server = try await Self.server(limits: limits) { _, _ in
            while goOn.current == nil { await Task.yield() }
        }
        let client = try await server.connect()
        try await client.send(Wire.request())
        try await server.until { $0.requestsActive == 1 }
        try await server.stop()
        #expect(server.statistics.requestsActive == 1)
        #expect(server.log.texts.contains { $0.contains("ignore that they are cancelled") })
        #expect(!Self.fileExists(server.address))
        goOn.fulfil()
        try await server.until { $0.requestsActive == 0 }
    }

    @Test("a server whose task is cancelled gives its requests up at once")
    func cancelled() async throws {
        let cancelled = Promise<Void>()
        var limits = FastCGILimits()
        // If the server waited for this timeout, the test would hang.
        limits.drainTimeout = .seconds(3_600)
        let server = try await Self.server(limits: limits, handler: Handlers.waiting(cancelled: cancelled))
        let client = try await server.connect()
        try await client.send(Wire.request())
        try await server.until { $0.requestsActive == 1 }
        await server.cancel()
        try await cancelled.wait()
        #expect(try await client.remaining().isEmpty)
        #expect(!Self.fileExists(server.address))
    }

    @Test("a stream without end is given up at the end of the drain time")
    func endless() async throws {
        var limits = FastCGILimits()
        limits.drainTimeout = .milliseconds(200)
        let server = try await Self.server(limits: limits) { _, response in
            while true { try await response.write([UInt8](repeating: 0, count: 10_000)) }
        }
        let client = try await server.connect()
        try await client.send(Wire.request())
        async let read = client.remaining()
        try await server.until { $0.requestsActive == 1 }
        try await server.stop()
        #expect(try await !read.isEmpty)
    }

    @Test("connections that come while the server stops leave nothing open", arguments: 0..<10)
    func race(_ round: Int) async throws {
        let server = try await Self.server(handler: Handlers.hello)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    guard let client = try? await server.connect() else { return }
                    let answer = try? await client.exchange(Wire.request(keep: false))
                    #expect(answer?.output.isEmpty != false || answer?.output == Handlers.helloBytes)
                }
            }
            group.addTask { try await server.stop() }
            try await group.waitForAll()
        }
        #expect(server.statistics.connectionsOpen == 0)
        #expect(server.statistics.requestsActive == 0)
        #expect(server.statistics.hits(of: .drainTimeout) == 0)
    }

    @Test("too many workers or listeners, and none, are refused", arguments: [(0, 1), (257, 1), (2, 0), (2, 65)])
    func configuration(_ workers: Int, _ listeners: Int) async throws {
        let server = FastCGIServer(
            listeners: [FastCGIListener](repeating: .tcp(host: "127.0.0.1", port: 0), count: listeners),
            workers: workers, logger: LogRecorder().logger, handler: Handlers.hello)
        await #expect(throws: FastCGIError.self) { try await server.run() }
    }
}

/// Blocks the thread, as a handler should not.
private func holdThread(until semaphore: DispatchSemaphore) { semaphore.wait() }
