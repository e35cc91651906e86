import Glibc
import Logging
import Synchronization

/// The state that the connections, listening sockets and workers of a server share.
final class ServerCore: Sendable {
    let limits: FastCGILimits
    let receiveTimeout: Nanoseconds
    let sendTimeout: Nanoseconds
    let handlerTimeout: Nanoseconds
    let maximumConnections: Int
    let logger: Logger
    let statistics: FastCGIStatistics
    let pool: WorkerPool
    let table = ConnectionTable()
    let ticker: Ticker
    let acceptor: Acceptor
    private let handler: FastCGIServer.Handler
    private let draining = Atomic<Bool>(false)
    private let lastLogged = Mutex<[Occasion: Nanoseconds]>([:])
    private let drained = Mutex<CheckedContinuation<Void, Never>?>(nil)

    init(
        limits: FastCGILimits, sockets: [ListeningSocket], statistics: FastCGIStatistics, logger: Logger,
        handler: @escaping FastCGIServer.Handler
    ) throws(FastCGIError) {
        self.limits = limits
        receiveTimeout = limits.receiveTimeout.nanoseconds
        sendTimeout = limits.sendTimeout.nanoseconds
        handlerTimeout = limits.handlerTimeout.nanoseconds
        self.logger = logger
        self.statistics = statistics
        self.handler = handler
        maximumConnections = min(limits.connections ?? .max, Self.descriptorLimit)
        pool = try WorkerPool()
        ticker = try Ticker()
        acceptor = Acceptor(sockets: sockets)
        try pool.poller.add(ticker.descriptor, [.input, .exclusive], key: Self.tickerKey)
        try acceptor.start(self)
    }

    /// The poller's key of the ticker.
    private static let tickerKey = WorkerPool.wakeUpKey - 1

    /// The number of connections that the process's limit of descriptors allows. 64 are reserved for the rest of the
    /// process, and for libdispatch, which opens a file in `/proc` every second and ends the process if it cannot.
    private static var descriptorLimit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return max(16, Int(min(limit.rlim_cur, 1_048_576)) - 64)
    }

    /// Starts the workers.
    func start(workers: Int) throws(FastCGIError) {
        let stagingCapacity = limits.parameterBytes + RequestHead.recordsOverhead(of: limits.parameterBytes)
        try pool.start(count: workers, stagingCapacity: stagingCapacity) { [self] event, worker in
            handle(event, on: worker)
        }
    }

    private func handle(_ event: Poller.Event, on worker: Worker) {
        if let connection = table[event.key] {
            connection.handle(event.kind, on: worker)
        } else if event.key == Self.tickerKey {
            if ticker.take() { tick() }
        } else if let socket = acceptor.socket(of: event.key) {
            acceptor.accept(from: socket, self)
        }
    }

    private func tick() {
        let now = MonotonicClock.now()
        var hasMore = acceptor.tick(self)
        for connection in table.all where connection.checkDeadlines(now) { hasMore = true }
        if hasMore { ticker.arm() }
    }

    /// Starts the handler of a request on the server's own threads.
    func start(
        _ exchange: ConnectionExchange, parameters: FastCGIParameters, answer: CannedAnswer?
    ) -> Task<Void, Never> {
        Task(executorPreference: pool) {
            if let answer {
                await self.give(answer, to: exchange)
            } else {
                await self.respond(to: exchange, parameters: parameters)
            }
            self.statistics.requestEnded()
            self.noteIfDrained()
        }
    }

    private func respond(to exchange: ConnectionExchange, parameters: FastCGIParameters) async {
        do {
            let request = FastCGIRequest(parameters: parameters, exchange: exchange)
            try await handler(request, FastCGIResponse(exchange: exchange))
            try await exchange.untilDone { try exchange.finish(status: 0) }
        } catch {
            let hasStarted = exchange.hasResponseStarted
            if error as? FastCGIError != .requestAborted && !(error is CancellationError) {
                logger.error("request failed", metadata: ["error": "\(error)"])
            }
            if hasStarted {
                exchange.breakOff()
            } else {
                await give(CannedAnswer(to: error), to: exchange)
            }
        }
    }

    private func give(_ answer: CannedAnswer, to exchange: ConnectionExchange) async {
        do {
            try await FastCGIResponse(exchange: exchange).write(answer.bytes)
            try await exchange.untilDone { try exchange.finish(status: 0) }
        } catch {
            exchange.breakOff()
        }
    }

    /// Log messages that a peer can trigger without limit.
    private enum Occasion: Hashable {
        case limit(FastCGIStatistics.Limit)
        case violation
        case refusal
    }

    /// Whether to log: at most once a second for each occasion, so that a peer cannot fill the disk.
    private func isDue(_ occasion: Occasion) -> Bool {
        let now = MonotonicClock.now()
        return lastLogged.withLock { times in
            if let last = times[occasion], now - last < 1_000_000_000 { return false }
            times[occasion] = now
            return true
        }
    }

    /// Counts and logs a limit that was reached.
    func hit(_ limit: FastCGIStatistics.Limit, _ message: @autoclosure () -> String) {
        statistics.hit(limit)
        guard isDue(.limit(limit)) else { return }
        let text = message()
        logger.warning("\(text)", metadata: ["limit": "\(limit.rawValue)", "hits": "\(statistics.hits(of: limit))"])
    }

    /// Counts and logs a protocol violation.
    func violated(_ violation: ProtocolViolation) {
        statistics.protocolViolated()
        guard isDue(.violation) else { return }
        logger.warning("connection closed: the peer broke the protocol", metadata: ["violation": "\(violation)"])
    }

    /// Logs a peer that may not connect.
    func refused(_ address: String) {
        guard isDue(.refusal) else { return }
        logger.warning("connection refused: not in FCGI_WEB_SERVER_ADDRS", metadata: ["peer": "\(address)"])
    }

    /// Counts a closed connection, and resumes accepting if there is room again.
    func connectionClosed() {
        statistics.connectionClosed()
        acceptor.connectionClosed(self)
        noteIfDrained()
    }

    // MARK: Shutdown

    /// Whether the server is shutting down.
    var isDraining: Bool { draining.load(ordering: .acquiring) }

    /// Stops accepting connections and requests, and waits until the open requests have finished.
    func drain() async {
        draining.store(true, ordering: .releasing)
        acceptor.stop(self)
        for connection in table.all { connection.closeIfIdle() }
        await withCheckedContinuation { continuation in
            drained.withLock { $0 = continuation }
            noteIfDrained()
        }
    }

    /// Aborts all open connections.
    func abortAll() {
        let open = table.all
        if !open.isEmpty {
            hit(.drainTimeout, "\(open.count) connections were still open after \(limits.drainTimeout)")
        }
        for connection in open { connection.abort() }
    }

    private func noteIfDrained() {
        guard isDraining, table.count == 0, statistics.requestsActive == 0 else { return }
        stopWaiting()
    }

    /// Makes ``drain()`` return, even if requests are still open.
    func stopWaiting() {
        drained.withLock { waiting in
            waiting?.resume()
            waiting = nil
        }
    }
}

/// A response that the server sends without calling the handler.
enum CannedAnswer {
    case bodyTooLarge
    case parametersTooLarge
    case handlerTimeout
    case handlerFailed

    /// The response to an error that the handler threw before it started its own.
    init(to error: any Error) {
        if case FastCGIError.bodyTooLarge = error { self = .bodyTooLarge } else { self = .handlerFailed }
    }

    private var status: String {
        switch self {
        case .bodyTooLarge: "413 Content Too Large"
        case .parametersTooLarge: "431 Request Header Fields Too Large"
        case .handlerTimeout: "504 Gateway Timeout"
        case .handlerFailed: "500 Internal Server Error"
        }
    }

    /// The response in CGI format (RFC 3875, section 6).
    var bytes: [UInt8] {
        let head = "Status: \(status)\r\nContent-Type: text/plain\r\nContent-Length: \(status.utf8.count + 1)\r\n\r\n"
        return Array("\(head)\(status)\n".utf8)
    }
}
