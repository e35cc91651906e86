import Glibc
import Logging
import Synchronization

/// One connection from a web server, which carries one request at a time.
///
/// Every use of the socket or of libfcgi happens under the connection's lock, and none of them blocks: input is read
/// only as far as it has arrived, and output is written only if the socket has room. A task that has to wait is
/// suspended until the poller reports an event.
final class Connection: Sendable {
    let descriptor: Int32
    /// The poller's key.
    let key: UInt64
    let server: ServerCore
    let state: Mutex<ConnectionState>

    init(descriptor: Int32, key: UInt64, server: ServerCore) {
        self.descriptor = descriptor
        self.key = key
        self.server = server
        state = Mutex(
            ConnectionState(
                gate: RecordGate(
                    maximumParameterBytes: server.limits.parameterBytes,
                    maximumConnections: server.maximumConnections)))
    }

    /// Handles a poller event.
    func handle(_ kind: Poller.Interest, on worker: Worker) {
        let ended = state.withLock { state -> [Task<Void, Never>] in
            guard state.isOpen else { return [] }
            if !kind.isDisjoint(with: [.output, .hangUp]) { state.resumeWriter(with: .success(())) }
            var ended = receive(&state, on: worker, untilEnd: !kind.isDisjoint(with: .hangUp))
            // While reading is paused, `recv` does not reach the end of the input, so the handler is cancelled here.
            if state.isOpen, state.isReadingPaused, !kind.isDisjoint(with: .hangUp), let task = state.task {
                ended.append(task)
            }
            return ended
        }
        for task in ended { task.cancel() }
    }

    /// Watches for input, and also for output if a writer waits. Conditions that already hold are reported again.
    func watch(_ state: borrowing ConnectionState) {
        var interest: Poller.Interest = [.input, .hangUp, .edge]
        if state.writeWaiter != nil { interest.insert(.output) }
        try? server.pool.poller.modify(descriptor, interest, key: key)
    }

    /// Closes the connection and aborts its open request.
    ///
    /// - Returns: the request's task, which the caller cancels after it releases the lock.
    func close(_ state: inout ConnectionState) -> Task<Void, Never>? {
        guard state.isOpen else { return nil }
        state.isOpen = false
        let task = abandonRequest(&state)
        server.table.remove(self)
        Glibc.close(descriptor)
        server.connectionClosed()
        return task
    }

    /// Closes the connection after a response.
    ///
    /// - Parameter peerIsMidway: whether the peer may still be sending. An immediate close would then reset the
    ///   connection, and the response might be lost. Therefore the server discards the peer's input until the peer
    ///   closes its side.
    func closeGently(_ state: inout ConnectionState, peerIsMidway: Bool = true) -> Task<Void, Never>? {
        guard state.isOpen, !state.isLingering else { return nil }
        guard peerIsMidway, !state.isPeerGone else { return close(&state) }
        let task = abandonRequest(&state)
        state.isLingering = true
        state.isReadingPaused = false
        state.requestDeadline = MonotonicClock.deadline(in: Self.lingerTime)
        server.ticker.arm()
        shutdown(descriptor, Int32(SHUT_WR))
        watch(state)
        return task
    }

    /// The time limit for the peer to close its side after the response.
    private static let lingerTime: Nanoseconds = 2_000_000_000

    /// Detaches the request from its handler; later reads and writes throw `requestAborted`.
    func abandonRequest(_ state: inout ConnectionState) -> Task<Void, Never>? {
        guard state.request != nil else { return nil }
        server.statistics.requestAborted()
        return endRequest(&state)
    }

    /// Removes the open request and drops the rest of its input. Suspended reads and writes throw `requestAborted`: a
    /// task that outlives its handler may still wait.
    @discardableResult
    func endRequest(_ state: inout ConnectionState) -> Task<Void, Never>? {
        state.resumeWriter(with: .failure(.requestAborted))
        state.body.fail(with: .requestAborted)
        state.body = RequestBodyBuffer()
        state.request = nil
        state.serial &+= 1
        state.gate.endRequest()
        state.requestDeadline = 0
        state.bodyDeadline = 0
        state.lastActive = MonotonicClock.now()
        if state.isReadingPaused {
            state.isReadingPaused = false
            if state.isOpen { watch(state) }
        }
        defer { state.task = nil }
        return state.task
    }

    /// Closes the connection if it is idle: for a graceful shutdown, and to make room for others.
    ///
    /// - Returns: whether it was idle.
    @discardableResult
    func closeIfIdle() -> Bool {
        state.withLock { state in
            guard state.isOpen, state.isIdle, !hasInput else { return false }
            _ = close(&state)
            return true
        }
    }

    /// Whether there is input that no worker has read yet.
    private var hasInput: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    /// Closes the connection immediately.
    func abort() {
        state.withLock { close(&$0) }?.cancel()
    }

    /// Returns when the connection became idle, or nil if it is not idle.
    ///
    /// Also returns nil for a new connection whose first request may be on its way, so that making room does not
    /// close it.
    func idleSince(_ now: Nanoseconds) -> Nanoseconds? {
        state.withLock { state in
            guard state.isOpen, state.isIdle else { return nil }
            let isNew = state.serial == 0 && now < state.lastActive + Self.timeToBegin
            return isNew ? nil : state.lastActive
        }
    }

    /// The time in which a new connection must send something; after it, the connection counts as idle.
    private static let timeToBegin: Nanoseconds = 1_000_000_000
}

/// The state that a connection's lock guards.
struct ConnectionState: ~Copyable {
    var gate: RecordGate
    var isOpen = true
    /// The response is sent; input is discarded until the peer closes its side.
    var isLingering = false
    /// The body's buffer is full; the rest waits in the socket.
    var isReadingPaused = false
    /// The peer has closed its sending side.
    var isPeerGone = false

    /// The open request.
    var request: LibFCGIRequest?
    /// Identifies the open request for its handler; it changes when the request ends.
    var serial: UInt64 = 0
    var keepsConnection = false
    var hasResponseStarted = false
    /// The handler's task.
    var task: Task<Void, Never>?
    var body = RequestBodyBuffer()
    /// The number of further libfcgi writes that are certain to fit into the socket's buffer.
    var writesWithRoom = 0
    /// A writer that waits for room in the socket.
    var writeWaiter: CheckedContinuation<Void, any Error>?

    /// The deadline for the request to arrive, for its response to start, or for a lingering peer to close.
    var requestDeadline: Nanoseconds = 0
    /// The deadline of the waiting writer.
    var writeDeadline: Nanoseconds = 0
    /// The deadline of the task that waits for the body.
    var bodyDeadline: Nanoseconds = 0
    /// The time when the connection was accepted or its last request ended.
    var lastActive = MonotonicClock.now()

    init(gate: RecordGate) {
        self.gate = gate
    }

    /// Whether there is no request, not even a part of one.
    var isIdle: Bool { request == nil && !gate.isMidway && !isLingering }

    var hasDeadline: Bool { requestDeadline != 0 || writeDeadline != 0 || bodyDeadline != 0 }

    /// Resumes the waiting writer, if there is one.
    mutating func resumeWriter(with result: Result<Void, FastCGIError>) {
        guard let waiter = writeWaiter else { return }
        writeWaiter = nil
        writeDeadline = 0
        waiter.resume(with: result.mapError { $0 as any Error })
    }
}

extension Connection {
    /// Handles the deadlines that have passed.
    ///
    /// - Returns: whether any deadline remains.
    func checkDeadlines(_ now: Nanoseconds) -> Bool {
        let (hasMore, ended) = state.withLock { state -> (Bool, Task<Void, Never>?) in
            guard state.isOpen else { return (false, nil) }
            var ended: Task<Void, Never>?
            if state.requestDeadline != 0, state.requestDeadline <= now {
                state.requestDeadline = 0
                ended = requestDeadlinePassed(&state)
            }
            if state.isOpen, state.writeDeadline != 0, state.writeDeadline <= now {
                ended = writeDeadlinePassed(&state)
            }
            if state.isOpen, state.bodyDeadline != 0, state.bodyDeadline <= now {
                state.bodyDeadline = 0
                bodyDeadlinePassed(&state)
            }
            return (state.hasDeadline, ended)
        }
        ended?.cancel()
        return hasMore
    }

    private func requestDeadlinePassed(_ state: inout ConnectionState) -> Task<Void, Never>? {
        if state.isLingering { return close(&state) }
        guard let request = state.request else {
            server.hit(.receiveTimeout, "a request did not arrive within \(server.limits.receiveTimeout)")
            return close(&state)
        }
        server.hit(.handlerTimeout, "a handler began no answer within \(server.limits.handlerTimeout)")
        guard hasRoom(&state) else { return close(&state) }
        CannedAnswer.handlerTimeout.bytes.withUnsafeBytes { request.put($0) }
        guard request.finish(status: 0) else { return close(&state) }
        guard state.keepsConnection, !server.isDraining else { return closeGently(&state) }
        defer { awaitRequest(&state) }
        return abandonRequest(&state)
    }

    private func writeDeadlinePassed(_ state: inout ConnectionState) -> Task<Void, Never>? {
        server.hit(.sendTimeout, "a client took nothing of its answer within \(server.limits.sendTimeout)")
        state.resumeWriter(with: .failure(.sendTimeout))
        return close(&state)
    }

    private func bodyDeadlinePassed(_ state: inout ConnectionState) {
        guard state.body.isAwaited else { return }
        server.hit(.receiveTimeout, "the body of a request stopped for \(server.limits.receiveTimeout)")
        state.body.fail(with: .receiveTimeout)
    }
}

/// The open connections, found by the poller's key.
///
/// A key combines the descriptor with a serial number, so that an event for a closed connection does not reach the
/// next connection on the same descriptor.
final class ConnectionTable: Sendable {
    private struct State {
        var slots: [Connection?] = []
        var count = 0
        var lastSerial: UInt32 = 0
    }

    private let state = Mutex(State())

    /// The number of open connections.
    var count: Int { state.withLock { $0.count } }

    /// Creates a connection for a descriptor and adds it.
    func insert(descriptor: Int32, make: (_ key: UInt64) -> Connection) -> Connection {
        state.withLock { state in
            state.lastSerial = state.lastSerial % (1 << 30) + 1
            let connection = make(UInt64(state.lastSerial) << 32 | UInt64(UInt32(bitPattern: descriptor)))
            let index = Int(descriptor)
            while state.slots.count <= index { state.slots.append(nil) }
            state.slots[index] = connection
            state.count += 1
            return connection
        }
    }

    subscript(key: UInt64) -> Connection? {
        let index = Int(key & 0xFFFF_FFFF)
        return state.withLock { state in
            guard index < state.slots.count, let connection = state.slots[index], connection.key == key else {
                return nil
            }
            return connection
        }
    }

    /// Removes a connection. Call this before its descriptor is closed.
    func remove(_ connection: Connection) {
        let index = Int(connection.descriptor)
        state.withLock { state in
            guard index < state.slots.count, state.slots[index] === connection else { return }
            state.slots[index] = nil
            state.count -= 1
        }
    }

    /// The connections that are open now.
    var all: [Connection] { state.withLock { $0.slots.compactMap { $0 } } }
}
