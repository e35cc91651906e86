import Glibc
import Logging
import ServiceLifecycle

/// A FastCGI responder on libfcgi: serves any number of kept-alive connections on a few threads.
///
/// ```swift
/// let server = FastCGIServer(listeners: [.unix(path: "/run/hello.sock")], logger: logger) { request, response in
///     let uri = request.parameters["REQUEST_URI"] ?? "/"
///     try await response.write(Array("Content-Type: text/plain\r\n\r\nHello, \(uri)\n".utf8))
/// }
/// try await ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// libfcgi reads the parameters and frames the answer. The waiting is done here, in an event loop: a connection
/// that is idle, a peer that stalls and a handler that is suspended hold no thread. Handlers run as tasks on the
/// server's own threads, so one that blocks, blocks others; use `await`.
///
/// A graceful shutdown stops accepting, closes idle connections, and lets open requests go on for
/// ``FastCGILimits/drainTimeout``.
public struct FastCGIServer: Service {
    /// Answers one request. See ``FastCGIResponse`` for what returning and throwing mean.
    public typealias Handler = @Sendable (FastCGIRequest, FastCGIResponse) async throws -> Void

    private let listeners: [FastCGIListener]
    private let workers: Int
    private let limits: FastCGILimits
    private let logger: Logger
    private let onListening: @Sendable ([String]) async -> Void
    private let handler: Handler
    /// What the server has counted.
    public let statistics = FastCGIStatistics()

    /// Makes a server; it listens once ``run()`` is called.
    ///
    /// - Parameters:
    ///   - listeners: where to listen, at least one, at most 64.
    ///   - workers: threads, 1...256; as many as processors, and at least 2, when nil.
    ///   - limits: what a peer may take.
    ///   - logger: where to log.
    ///   - onListening: called once with the addresses, as ``FastCGIListener/description`` writes them; a port of
    ///     0 is replaced by the one that was taken.
    ///   - handler: answers a request.
    public init(
        listeners: [FastCGIListener], workers: Int? = nil, limits: FastCGILimits = FastCGILimits(), logger: Logger,
        onListening: @escaping @Sendable ([String]) async -> Void = { _ in }, handler: @escaping Handler
    ) {
        // libfcgi handles SIGPIPE where nobody does, which must not replace the handler of whoever uses this server.
        _ = LibFCGIRequest.isInitialised
        self.listeners = listeners
        self.workers = workers ?? min(max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))), 256)
        self.limits = limits
        self.logger = logger
        self.onListening = onListening
        self.handler = handler
    }

    /// Serves until a graceful shutdown or until the task is cancelled.
    ///
    /// - Throws: ``FastCGIError`` when it cannot listen, or when a setting is not allowed.
    public func run() async throws {
        try limits.validate()
        guard (1...256).contains(workers) else {
            throw FastCGIError.configuration(name: "workers", value: "\(workers)", allowed: "1 to 256")
        }
        guard (1...64).contains(listeners.count) else {
            throw FastCGIError.configuration(name: "listeners", value: "\(listeners.count)", allowed: "1 to 64")
        }
        let sockets = try openSockets()
        defer { for socket in sockets { socket.close() } }
        let core = try ServerCore(
            limits: limits, sockets: sockets, statistics: statistics, logger: logger, handler: handler)
        do {
            try core.start(workers: workers)
        } catch {
            await core.pool.stop()
            throw error
        }
        logger.info(
            "listening", metadata: ["addresses": "\(sockets.map(\.address))", "workers": "\(workers)"])
        await onListening(sockets.map(\.address))
        try? await gracefulShutdown()
        await end(core)
    }

    private func openSockets() throws(FastCGIError) -> [ListeningSocket] {
        let allowedPeers = Self.allowedPeers(getenv("FCGI_WEB_SERVER_ADDRS").map { String(cString: $0) })
        var sockets: [ListeningSocket] = []
        do {
            for listener in listeners {
                sockets.append(try ListeningSocket.open(listener, allowedPeers: allowedPeers))
            }
        } catch {
            for socket in sockets { socket.close() }
            throw error
        }
        return sockets
    }

    /// The addresses of a list; nil, for all, when it is missing or names none.
    private static func allowedPeers(_ list: String?) -> Set<String>? {
        let addresses = (list ?? "").split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        return addresses.isEmpty ? nil : Set(addresses)
    }

    /// How long handlers that were cancelled may take to return.
    private static let abandonAfter = Duration.seconds(1)

    private func end(_ core: ServerCore) async {
        let isCancelled = Task.isCancelled
        let patience = Task {
            if !isCancelled { try await Task.sleep(for: limits.drainTimeout) }
            core.abortAll()
            try await Task.sleep(for: Self.abandonAfter)
            logger.error("handlers ignore that they are cancelled", metadata: ["count": "\(statistics.requestsActive)"])
            core.stopWaiting()
        }
        await core.drain()
        patience.cancel()
        // A handler that never returns keeps its thread; waiting for it would keep the process.
        if statistics.requestsActive == 0 { await core.pool.stop() }
    }
}
