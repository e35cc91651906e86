import CLinux
import Glibc
import Logging
import Synchronization

/// Accepts connections from the listening sockets, and pauses when there is no room for more.
final class Acceptor: Sendable {
    /// The number of connections that a worker accepts in a row.
    private static let acceptsInARow = 16

    private enum State {
        case accepting
        /// No room: new connections wait in the queue of the listening socket. The acceptor retries when a connection
        /// closes and at every tick.
        case paused
        case stopped
    }

    private let sockets: [ListeningSocket]
    private let state = Mutex(State.stopped)
    private let isPaused = Atomic<Bool>(false)
    /// Held while one connection is accepted and added to the server's table.
    private let admission = Mutex(())

    init(sockets: [ListeningSocket]) {
        self.sockets = sockets
    }

    /// The poller's key of a listening socket.
    private static func key(of index: Int) -> UInt64 { WorkerPool.wakeUpKey - 16 - UInt64(index) }

    /// Returns the listening socket with a poller's key.
    func socket(of key: UInt64) -> ListeningSocket? {
        let index = WorkerPool.wakeUpKey - 16 - key
        return index < UInt64(sockets.count) ? sockets[Int(index)] : nil
    }

    func start(_ server: ServerCore) throws(FastCGIError) {
        try state.withLock { state throws(FastCGIError) in try watch(&state, server) }
    }

    private func watch(_ state: inout State, _ server: ServerCore) throws(FastCGIError) {
        for (index, socket) in sockets.enumerated() {
            // An earlier attempt that failed halfway may have added it.
            server.pool.poller.remove(socket.descriptor)
            try server.pool.poller.add(socket.descriptor, [.input, .exclusive], key: Self.key(of: index))
        }
        state = .accepting
        isPaused.store(false, ordering: .releasing)
    }

    /// Pauses accepting. Always returns false.
    private func pause(_ server: ServerCore) -> Bool {
        state.withLock { state in
            guard case .accepting = state else { return }
            for socket in sockets { server.pool.poller.remove(socket.descriptor) }
            state = .paused
            isPaused.store(true, ordering: .releasing)
            server.ticker.arm()
        }
        return false
    }

    /// Stops accepting. When this returns, every accepted connection is in the server's table, so a shutdown misses
    /// none.
    ///
    /// On the server's own sockets, it first accepts the connections that already wait, because their requests may
    /// have arrived. Closing the socket then refuses later ones at once, so they do not wait for a response that
    /// never comes.
    func stop(_ server: ServerCore) {
        admission.withLock { _ in
            state.withLock { state in
                if case .accepting = state {
                    for socket in sockets { server.pool.poller.remove(socket.descriptor) }
                }
                state = .stopped
                isPaused.store(false, ordering: .releasing)
            }
            for socket in sockets where socket.isOwn {
                socket.removeFile()
                var places = server.maximumConnections - server.table.count
                while places > 0, case .connection(let descriptor) = socket.accept() {
                    admit(descriptor, server)
                    places -= 1
                }
                socket.close()
            }
        }
    }

    /// Resumes accepting if it was paused, because there may be room now.
    func connectionClosed(_ server: ServerCore) {
        if isPaused.load(ordering: .acquiring) { retry(server) }
    }

    /// - Returns: whether another tick is needed.
    func tick(_ server: ServerCore) -> Bool { retry(server) }

    /// - Returns: whether it is still paused.
    @discardableResult
    private func retry(_ server: ServerCore) -> Bool {
        state.withLock { state in
            guard case .paused = state else { return false }
            try? watch(&state, server)
            if case .paused = state { return true }
            return false
        }
    }

    /// Accepts waiting connections.
    func accept(from socket: ListeningSocket, _ server: ServerCore) {
        var hasMadeRoom = false
        for _ in 0..<Self.acceptsInARow {
            // One worker at a time; otherwise two would make room for the same connection.
            let goesOn = admission.withLock { _ in acceptOne(from: socket, server, &hasMadeRoom) }
            if !goesOn { return }
        }
    }

    /// - Returns: whether more connections may wait.
    private func acceptOne(from socket: ListeningSocket, _ server: ServerCore, _ hasMadeRoom: inout Bool) -> Bool {
        let isAccepting = state.withLock { if case .accepting = $0 { true } else { false } }
        guard isAccepting else { return false }
        if server.table.count >= server.maximumConnections {
            guard socket.isAwaited else { return false }
            server.hit(.connections, "\(server.maximumConnections) connections are open")
            guard closeLongestIdle(server) else { return pause(server) }
        }
        switch socket.accept() {
        case .connection(let descriptor):
            admit(descriptor, server)
        case .none:
            return false
        case .refused(let address):
            server.refused(address)
        case .failed(let code) where code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM:
            server.hit(.descriptors, "cannot accept a connection: \(FastCGIError.message(code))")
            // Only once: if closing one connection does not help, closing all of them would not either.
            guard !hasMadeRoom, closeLongestIdle(server) else { return pause(server) }
            hasMadeRoom = true
        case .failed(let code):
            server.logger.error("cannot accept", metadata: ["error": "\(FastCGIError.message(code))"])
            return pause(server)
        }
        return true
    }

    private func admit(_ descriptor: Int32, _ server: ServerCore) {
        server.statistics.connectionOpened()
        let connection = server.table.insert(descriptor: descriptor) { key in
            Connection(descriptor: descriptor, key: key, server: server)
        }
        do {
            try server.pool.poller.add(descriptor, [.input, .hangUp, .edge], key: connection.key)
        } catch {
            server.logger.error("cannot watch a connection", metadata: ["error": "\(error)"])
            connection.abort()
        }
    }

    private func closeLongestIdle(_ server: ServerCore) -> Bool {
        let now = MonotonicClock.now()
        var idle = server.table.all.compactMap { connection in
            connection.idleSince(now).map { (since: $0, connection: connection) }
        }
        while let longest = idle.indices.min(by: { idle[$0].since < idle[$1].since }) {
            if idle[longest].connection.closeIfIdle() { return true }
            idle.swapAt(longest, idle.count - 1)
            idle.removeLast()
        }
        return false
    }
}
