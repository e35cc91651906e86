import CLinux
import Glibc
import Logging
import Synchronization

/// Accepts connections from the listening sockets, and stops for a while when there is no room for more.
final class Acceptor: Sendable {
    /// How many connections a worker accepts before others have their turn.
    private static let acceptsInARow = 16

    private enum State {
        case accepting
        /// No room: the queue of the listening sockets holds what comes. Tried again when a connection closes,
        /// and with every tick.
        case paused
        case stopped
    }

    private let sockets: [ListeningSocket]
    private let state = Mutex(State.stopped)
    private let isPaused = Atomic<Bool>(false)
    /// Held while one connection is accepted and put into the server's table.
    private let admission = Mutex(())

    init(sockets: [ListeningSocket]) {
        self.sockets = sockets
    }

    /// The poller's key of a listening socket.
    private static func key(of index: Int) -> UInt64 { WorkerPool.wakeUpKey - 16 - UInt64(index) }

    /// The listening socket of a poller's key.
    func socket(of key: UInt64) -> ListeningSocket? {
        let index = WorkerPool.wakeUpKey - 16 - key
        return index < UInt64(sockets.count) ? sockets[Int(index)] : nil
    }

    /// Starts accepting.
    func start(_ server: ServerCore) throws(FastCGIError) {
        try state.withLock { state throws(FastCGIError) in try watch(&state, server) }
    }

    private func watch(_ state: inout State, _ server: ServerCore) throws(FastCGIError) {
        for (index, socket) in sockets.enumerated() {
            // It is there already if an earlier attempt failed half-way.
            server.pool.poller.remove(socket.descriptor)
            try server.pool.poller.add(socket.descriptor, [.input, .exclusive], key: Self.key(of: index))
        }
        state = .accepting
        isPaused.store(false, ordering: .releasing)
    }

    /// - Returns: false, for "accept no more now".
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

    /// Accepts no more. Whatever was accepted before is in the server's table once this returns, so that the end
    /// overlooks no connection.
    ///
    /// On a socket of our own, those who wait already are let in, for their requests may be there; whoever comes later
    /// is refused at once, and does not wait for an answer that nobody will give.
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

    /// A connection was closed, so there may be room.
    func connectionClosed(_ server: ServerCore) {
        if isPaused.load(ordering: .acquiring) { retry(server) }
    }

    /// - Returns: whether to be asked again with the next tick.
    func tick(_ server: ServerCore) -> Bool { retry(server) }

    /// - Returns: whether it is paused still.
    @discardableResult
    private func retry(_ server: ServerCore) -> Bool {
        state.withLock { state in
            guard case .paused = state else { return false }
            try? watch(&state, server)
            if case .paused = state { return true }
            return false
        }
    }

    /// Accepts what waits.
    func accept(from socket: ListeningSocket, _ server: ServerCore) {
        var hasMadeRoom = false
        for _ in 0..<Self.acceptsInARow {
            // One worker at a time, or two would make room for the same newcomer.
            let goesOn = admission.withLock { _ in acceptOne(from: socket, server, &hasMadeRoom) }
            if !goesOn { return }
        }
    }

    /// - Returns: whether more may wait.
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
            // Once only: where closing one does not help, closing all would not either.
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
