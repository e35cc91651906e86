import Glibc
import Logging
import Synchronization

/// One connection from a web server, which carries one request at a time.
///
/// Whatever touches the socket or libfcgi holds the connection's lock, and nothing does that waits: input is
/// read as far as it has come, output is written only when the socket has room. Waiting is a suspended task, or
/// an event that the poller will give.
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

    /// Acts on an event.
    func handle(_ kind: Poller.Interest, on worker: Worker) {
        let ended = state.withLock { state -> [Task<Void, Never>] in
            guard state.isOpen else { return [] }
            if !kind.isDisjoint(with: [.output, .hangUp]) { state.resumeWriter(with: .success(())) }
            var ended = receive(&state, on: worker, untilEnd: !kind.isDisjoint(with: .hangUp))
            // Its end lies behind a body that the handler does not read, and would not be seen.
            if state.isOpen, state.isReadingPaused, !kind.isDisjoint(with: .hangUp), let task = state.task {
                ended.append(task)
            }
            return ended
        }
        for task in ended { task.cancel() }
    }

    /// Watches for input, and for room to write when a writer waits; tells anew what is so already.
    func watch(_ state: borrowing ConnectionState) {
        var interest: Poller.Interest = [.input, .hangUp, .edge]
        if state.writeWaiter != nil { interest.insert(.output) }
        try? server.pool.poller.modify(descriptor, interest, key: key)
    }

    /// Closes the connection, and gives up the request that is open on it.
    ///
    /// - Returns: the request's task, to be cancelled once the lock is free.
    func close(_ state: inout ConnectionState) -> Task<Void, Never>? {
        guard state.isOpen else { return nil }
        state.isOpen = false
        let task = abandonRequest(&state)
        server.table.remove(self)
        Glibc.close(descriptor)
        server.connectionClosed()
        return task
    }

    /// Ends the connection after an answer.
    ///
    /// - Parameter peerIsMidway: whether the peer may still be sending. Closing at once would then reset the
    ///   connection, and the answer might be lost; so what it sends is thrown away until it closes its side.
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

    /// How long the peer has to close its side after the answer.
    private static let lingerTime: Nanoseconds = 2_000_000_000

    /// Takes the request away from its handler: whatever the handler still reads or writes fails.
    func abandonRequest(_ state: inout ConnectionState) -> Task<Void, Never>? {
        guard state.request != nil else { return nil }
        server.statistics.requestAborted()
        return endRequest(&state)
    }

    /// Forgets the request that is open; what still comes for it is dropped. Whoever waits to read or write is
    /// sent away: a task that outlives its handler may do so.
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

    /// Closes the connection if nothing goes on; for the graceful end and for making room.
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

    /// Whether something has arrived that no worker has come to yet.
    private var hasInput: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    /// Closes the connection now, whatever goes on.
    func abort() {
        state.withLock { close(&$0) }?.cancel()
    }

    /// Since when nothing goes on; nil when something does, or when the connection is so new that its first
    /// request may be on its way: making room for others must not cost the newest ones their requests.
    func idleSince(_ now: Nanoseconds) -> Nanoseconds? {
        state.withLock { state in
            guard state.isOpen, state.isIdle else { return nil }
            let isNew = state.serial == 0 && now < state.lastActive + Self.timeToBegin
            return isNew ? nil : state.lastActive
        }
    }

    /// How long a new connection may take to send something before it counts as idle.
    private static let timeToBegin: Nanoseconds = 1_000_000_000
}

/// What a connection's lock guards.
struct ConnectionState: ~Copyable {
    var gate: RecordGate
    var isOpen = true
    /// The answer is sent, and what the peer still sends is thrown away until it closes.
    var isLingering = false
    /// The body's buffer is full, and the rest waits in the socket.
    var isReadingPaused = false
    /// The peer sends no more.
    var isPeerGone = false

    /// The request that is open, at libfcgi.
    var request: LibFCGIRequest?
    /// Names the open request for its handler; another number means that it is over.
    var serial: UInt64 = 0
    var keepsConnection = false
    var hasResponseStarted = false
    /// The handler's task.
    var task: Task<Void, Never>?
    var body = RequestBodyBuffer()
    /// How many more of libfcgi's writes surely have room in the socket.
    var writesWithRoom = 0
    /// A writer that waits for room in the socket.
    var writeWaiter: CheckedContinuation<Void, any Error>?

    /// When a request must have arrived, its answer must have begun, or a lingering peer must have closed.
    var requestDeadline: Nanoseconds = 0
    /// When the writer that waits is given up.
    var writeDeadline: Nanoseconds = 0
    /// When the reader of the body that waits is given up.
    var bodyDeadline: Nanoseconds = 0
    /// When the connection was accepted, or its last request ended.
    var lastActive = MonotonicClock.now()

    init(gate: RecordGate) {
        self.gate = gate
    }

    /// Whether neither a request nor a part of one is there.
    var isIdle: Bool { request == nil && !gate.isMidway && !isLingering }

    /// Whether time ends something.
    var hasDeadline: Bool { requestDeadline != 0 || writeDeadline != 0 || bodyDeadline != 0 }

    /// Lets a waiting writer go on.
    mutating func resumeWriter(with result: Result<Void, FastCGIError>) {
        guard let waiter = writeWaiter else { return }
        writeWaiter = nil
        writeDeadline = 0
        waiter.resume(with: result.mapError { $0 as any Error })
    }
}

extension Connection {
    /// Acts on the deadlines that have passed.
    ///
    /// - Returns: whether there is one that has not.
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

/// The open connections, found by the key that the poller gives with an event.
///
/// A key holds the descriptor and a number that grows with every connection, so that an event for a connection
/// that has just been closed does not reach the next one on the same descriptor.
final class ConnectionTable: Sendable {
    private struct State {
        var slots: [Connection?] = []
        var count = 0
        var lastSerial: UInt32 = 0
    }

    private let state = Mutex(State())

    /// How many are open.
    var count: Int { state.withLock { $0.count } }

    /// Makes a connection for a descriptor and keeps it.
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

    /// Forgets a connection; must come before its descriptor is closed.
    func remove(_ connection: Connection) {
        let index = Int(connection.descriptor)
        state.withLock { state in
            guard index < state.slots.count, state.slots[index] === connection else { return }
            state.slots[index] = nil
            state.count -= 1
        }
    }

    /// All that are open at this moment.
    var all: [Connection] { state.withLock { $0.slots.compactMap { $0 } } }
}
