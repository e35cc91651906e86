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
/// libfcgi reads the parameters and frames the response. An event loop waits for the sockets: idle connections,
/// stalled peers and suspended handlers occupy no thread. Handlers run as tasks on the server's own threads. A
/// handler that blocks its thread delays others; use `await` instead.
///
/// A graceful shutdown stops accepting, closes idle connections, and gives open requests
/// ``FastCGILimits/drainTimeout`` to finish.
public struct FastCGIServer: Service {
    /// Handles one request. ``FastCGIResponse`` describes the effect of returning and of throwing.
    public typealias Handler = @Sendable (FastCGIRequest, FastCGIResponse) async throws -> Void

    private let listeners: [FastCGIListener]
    private let workers: Int
    private let limits: FastCGILimits
    private let logger: Logger
    private let onListening: @Sendable ([String]) async -> Void
    private let handler: Handler
    /// The server's counters.
    public let statistics = FastCGIStatistics()

    /// Creates a server. It listens once ``run()`` is called.
    ///
    /// - Parameters:
    ///   - listeners: the listening sockets: 1 to 64.
    ///   - workers: the number of threads, 1 to 256; nil for one per processor, and at least 2.
    ///   - limits: limits on what a peer may use.
    ///   - logger: receives log messages.
    ///   - onListening: called once with the addresses, as in ``FastCGIListener/description``; a port of 0 is
    ///     replaced by the actual port.
    ///   - handler: handles each request.
    public init(
        listeners: [FastCGIListener], workers: Int? = nil, limits: FastCGILimits = FastCGILimits(), logger: Logger,
        onListening: @escaping @Sendable ([String]) async -> Void = { _ in }, handler: @escaping Handler
    ) {
        // libfcgi installs a SIGPIPE handler if there is none. Do so now, so that it cannot replace the program's own
        // later.
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
    /// - Throws: ``FastCGIError`` if the server cannot listen or a setting is out of range.
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

    /// Parses a list of addresses. Returns nil, which allows all, if it is missing or empty.
    private static func allowedPeers(_ list: String?) -> Set<String>? {
        let addresses = (list ?? "").split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        return addresses.isEmpty ? nil : Set(addresses)
    }

    /// The time limit for cancelled handlers to return.
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
        // A handler that never returns keeps its thread; waiting for it would keep the process alive.
        if statistics.requestsActive == 0 { await core.pool.stop() }
    }
}

/// Limits on what one peer may use. Reaching a limit is logged and counted, and affects no other connection.
public struct FastCGILimits: Sendable, Equatable {
    /// The size of all parameters of a request together, in bytes, 1,024...1,000,000. Above it: status 431.
    public var parameterBytes = 262_144
    /// The number of parameters of a request, including header fields, 32...10,000. Above it: status 431.
    public var parameters = 1_000
    /// The size of a request's body in bytes, 0 or more. Above it: ``FastCGIError/bodyTooLarge(limit:)``, which
    /// `HummingbirdFastCGI` turns into status 413.
    public var bodyBytes = 16_777_216
    /// The number of open connections, 1 or more. The maximum, which nil selects, is the process's limit of
    /// descriptors minus 64 for other uses.
    ///
    /// At the limit, a new connection replaces the one that has been idle longest; if none is idle, new ones wait in
    /// the listening socket's queue.
    public var connections: Int?
    /// The time limit for a request to arrive: from its first byte to its last parameter, and between two pieces of
    /// the body while a handler waits.
    public var receiveTimeout = Duration.seconds(30)
    /// The time for which a client may read nothing of a response that waits to be sent.
    public var sendTimeout = Duration.seconds(60)
    /// The time limit for a handler to start its response. After it: status 504, and the handler is cancelled.
    public var handlerTimeout = Duration.seconds(60)
    /// The time that open requests get to finish after a graceful shutdown starts.
    public var drainTimeout = Duration.seconds(10)

    /// Creates the default limits.
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
        // A longer one would overflow the clocks to which it is added.
        for (name, timeout) in timeouts where timeout <= .zero || timeout > .seconds(365 * 86_400) {
            throw .configuration(name: name, value: "\(timeout)", allowed: "more than 0 seconds, at most 365 days")
        }
    }
}

/// Counters since the server started. They can be read at any time and from any thread.
public final class FastCGIStatistics: Sendable {
    /// A limit that was reached: one of ``FastCGILimits``, or that of descriptors.
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

    /// The number of connections accepted so far.
    public var connectionsAccepted: Int { accepted.load(ordering: .relaxed) }
    /// The number of connections open now.
    public var connectionsOpen: Int { open.load(ordering: .relaxed) }
    /// The number of requests started so far.
    public var requestsStarted: Int { started.load(ordering: .relaxed) }
    /// The number of requests whose handler has not returned.
    public var requestsActive: Int { active.load(ordering: .relaxed) }
    /// The number of requests that ended before their response was complete.
    public var requestsAborted: Int { aborted.load(ordering: .relaxed) }
    /// The number of connections closed because the peer violated the protocol.
    public var protocolViolations: Int { violations.load(ordering: .relaxed) }

    /// Returns how often a limit was reached.
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
