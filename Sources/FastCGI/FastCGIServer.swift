import Glibc
import Logging
import ServiceLifecycle
import Synchronization

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

/// What one peer may take of the server. A limit that is hit is logged and counted, and harms no other
/// connection.
public struct FastCGILimits: Sendable, Equatable {
    /// Size of all parameters of a request together, in bytes, 1,024...1,000,000. Above it: status 431.
    public var parameterBytes = 262_144
    /// How many parameters a request may have, header fields among them, 32...10,000. Above it: status 431.
    public var parameters = 1_000
    /// Size of a request's body in bytes, 0 or more. Above it: ``FastCGIError/bodyTooLarge(limit:)``, which
    /// `HummingbirdFastCGI` answers with 413.
    public var bodyBytes = 16_777_216
    /// Connections open at once, 1 or more. The process's limit of descriptors, less 64 for all else, is the most
    /// that can be had; nil asks for that. At it, the
    /// connection that has been idle longest is closed for a new one; if none is idle, new ones wait in the
    /// listening socket's queue.
    public var connections: Int?
    /// How long a request may take to arrive: from its first byte to its last parameter, and from one piece
    /// of the body that a handler waits for to the next.
    public var receiveTimeout = Duration.seconds(30)
    /// How long a client may take nothing of an answer that waits to be sent.
    public var sendTimeout = Duration.seconds(60)
    /// How long a handler may take to begin its answer. After it: status 504, and the handler is cancelled.
    public var handlerTimeout = Duration.seconds(60)
    /// How long requests that are open may go on after a graceful shutdown began.
    public var drainTimeout = Duration.seconds(10)

    /// The defaults.
    public init() {}

    func validate() throws(FastCGIError) {
        guard (1_024...1_000_000).contains(parameterBytes) else {
            throw .configuration(name: "parameterBytes", value: "\(parameterBytes)", allowed: "1024 to 1000000")
        }
        guard (32...10_000).contains(parameters) else {
            throw .configuration(name: "parameters", value: "\(parameters)", allowed: "32 to 10000")
        }
        guard bodyBytes >= 0 else {
            throw .configuration(name: "bodyBytes", value: "\(bodyBytes)", allowed: "0 or more")
        }
        if let connections, connections < 1 {
            throw .configuration(name: "connections", value: "\(connections)", allowed: "1 or more")
        }
        let timeouts = [
            ("receiveTimeout", receiveTimeout), ("sendTimeout", sendTimeout), ("handlerTimeout", handlerTimeout),
            ("drainTimeout", drainTimeout),
        ]
        // A longer one would not fit into the clocks that it is added to.
        for (name, timeout) in timeouts where timeout <= .zero || timeout > .seconds(365 * 86_400) {
            throw .configuration(name: name, value: "\(timeout)", allowed: "more than 0 seconds, at most 365 days")
        }
    }
}

/// What a server has counted since it started. Read it at any time; it costs no lock.
public final class FastCGIStatistics: Sendable {
    /// A limit of ``FastCGILimits``, or another bound, that was hit.
    public enum Limit: String, Sendable, CaseIterable {
        /// ``FastCGILimits/parameterBytes``.
        case parameterBytes = "parameter_bytes"
        /// ``FastCGILimits/parameters``.
        case parameters
        /// ``FastCGILimits/bodyBytes``.
        case bodyBytes = "body_bytes"
        /// ``FastCGILimits/connections``.
        case connections
        /// The process's limit of open descriptors.
        case descriptors
        /// ``FastCGILimits/receiveTimeout``.
        case receiveTimeout = "receive_timeout"
        /// ``FastCGILimits/sendTimeout``.
        case sendTimeout = "send_timeout"
        /// ``FastCGILimits/handlerTimeout``.
        case handlerTimeout = "handler_timeout"
        /// ``FastCGILimits/drainTimeout``.
        case drainTimeout = "drain_timeout"
    }

    private let accepted = Atomic<Int>(0)
    private let open = Atomic<Int>(0)
    private let started = Atomic<Int>(0)
    private let active = Atomic<Int>(0)
    private let aborted = Atomic<Int>(0)
    private let violations = Atomic<Int>(0)
    private let limits = Mutex<[Limit: Int]>([:])

    init() {}

    /// Connections accepted so far.
    public var connectionsAccepted: Int { accepted.load(ordering: .relaxed) }
    /// Connections open now.
    public var connectionsOpen: Int { open.load(ordering: .relaxed) }
    /// Requests begun so far.
    public var requestsStarted: Int { started.load(ordering: .relaxed) }
    /// Requests whose handler has not ended.
    public var requestsActive: Int { active.load(ordering: .relaxed) }
    /// Requests given up before their answer was complete.
    public var requestsAborted: Int { aborted.load(ordering: .relaxed) }
    /// Connections closed because the peer broke the protocol.
    public var protocolViolations: Int { violations.load(ordering: .relaxed) }

    /// How often a limit was hit.
    public func hits(of limit: Limit) -> Int { limits.withLock { $0[limit] ?? 0 } }

    func connectionOpened() {
        accepted.wrappingAdd(1, ordering: .relaxed)
        open.wrappingAdd(1, ordering: .relaxed)
    }

    func connectionClosed() { open.wrappingSubtract(1, ordering: .relaxed) }

    func requestStarted() {
        started.wrappingAdd(1, ordering: .relaxed)
        active.wrappingAdd(1, ordering: .relaxed)
    }

    func requestEnded() { active.wrappingSubtract(1, ordering: .relaxed) }

    func requestAborted() { aborted.wrappingAdd(1, ordering: .relaxed) }

    func protocolViolated() { violations.wrappingAdd(1, ordering: .relaxed) }

    func hit(_ limit: Limit) { limits.withLock { $0[limit, default: 0] += 1 } }
}
