import FastCGI
import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport

/// A server for the duration of a test, with its own address.
final class TestServer: Sendable {
    /// The kind of listening socket.
    enum Transport: String, Sendable, CaseIterable {
        case unix
        case tcp

        func listener(in directory: TemporaryDirectory) -> FastCGIListener {
            switch self {
            case .unix: .unix(path: directory["server.sock"])
            case .tcp: .tcp(host: "127.0.0.1", port: 0)
            }
        }
    }

    let address: String
    let log: LogRecorder
    private let directory: TemporaryDirectory?
    private let server: FastCGIServer
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    var statistics: FastCGIStatistics { server.statistics }

    /// Whether the log has a message about a limit that was reached.
    func hasLogged(_ limit: FastCGIStatistics.Limit) -> Bool {
        log.texts(.warning).contains { $0.contains(" limit=\(limit.rawValue)") }
    }

    /// Starts a server and waits until it listens.
    init(
        _ listener: FastCGIListener, in directory: TemporaryDirectory? = nil, workers: Int = 2,
        limits: FastCGILimits = FastCGILimits(), handler: @escaping FastCGIServer.Handler
    ) async throws {
        let log = LogRecorder()
        let listening = Promise<Result<String, any Error>>()
        let logger = log.logger
        let server = FastCGIServer(
            listeners: [listener], workers: workers, limits: limits, logger: logger,
            onListening: { listening.fulfil(.success($0.joined())) }, handler: handler)
        let group = ServiceGroup(services: [server], logger: .silent)
        running = Task {
            do {
                try await group.run()
            } catch {
                listening.fulfil(.failure(error))
                throw error
            }
        }
        address = try await listening.wait().get()
        self.directory = directory
        self.log = log
        self.server = server
        self.group = group
    }

    /// Starts a server at its own address and waits until it listens.
    convenience init(
        _ transport: Transport, workers: Int = 2, limits: FastCGILimits = FastCGILimits(),
        handler: @escaping FastCGIServer.Handler
    ) async throws {
        let directory = TemporaryDirectory()
        try await self.init(
            transport.listener(in: directory), in: directory, workers: workers, limits: limits, handler: handler)
    }

    func connect(receiveBuffer: Int32? = nil) async throws -> RawClient {
        try await RawClient(to: address, receiveBuffer: receiveBuffer)
    }

    /// Starts a graceful shutdown without waiting for it.
    func beginShutdown() async { await group.triggerGracefulShutdown() }

    /// Shuts down gracefully and waits for the end.
    func stop() async throws {
        await beginShutdown()
        try await running.value
    }

    /// Cancels the server and waits until it has returned.
    func cancel() async {
        running.cancel()
        _ = await running.result
    }

    /// Waits until the server's counters meet a condition.
    func until(_ condition: @Sendable (FastCGIStatistics) -> Bool) async throws {
        while !condition(statistics) { try await Task.sleep(for: .milliseconds(2)) }
    }
}

/// Runs a test with its own server, which is stopped at the end.
func withServer(
    _ transport: TestServer.Transport = .unix, workers: Int = 2, limits: FastCGILimits = FastCGILimits(),
    handler: @escaping FastCGIServer.Handler, _ body: (TestServer) async throws -> Void
) async throws {
    let server = try await TestServer(transport, workers: workers, limits: limits, handler: handler)
    do {
        try await body(server)
    } catch {
        await server.cancel()
        throw error
    }
    try await server.stop()
}
