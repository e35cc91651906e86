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
