import Glibc

extension Connection {
    /// The number of reads from one connection before other connections get their turn.
    private static let readsInARow = 8

    /// Reads and handles the input that has arrived.
    ///
    /// - Parameter untilEnd: whether to read until the socket reports that there is no more.
    /// - Returns: the tasks that the caller cancels after it releases the lock.
    func receive(_ state: inout ConnectionState, on worker: Worker, untilEnd: Bool) -> [Task<Void, Never>] {
        var ended: [Task<Void, Never>] = []
        for _ in 0..<Self.readsInARow {
            guard state.isOpen, !state.isReadingPaused, !state.isPeerGone else { return ended }
            let count = recv(descriptor, worker.input.baseAddress, worker.input.count, Int32(MSG_DONTWAIT))
            if count == 0 {
                if let task = peerSendsNoMore(&state) { ended.append(task) }
                return ended
            }
            if count < 0 {
                switch errno {
                case EAGAIN: return ended
                case EINTR: continue
                default:
                    if let task = close(&state) { ended.append(task) }
                    return ended
                }
            }
            take(UnsafeRawBufferPointer(rebasing: worker.input[..<count]), &state, on: worker, &ended)
            if count < worker.input.count && !untilEnd { return ended }
        }
        if state.isOpen { watch(state) }
        return ended
    }

    /// Handles the end of the peer's input. The open request may still get a response, because the peer may have
    /// closed only its sending side; but its handler is cancelled.
    private func peerSendsNoMore(_ state: inout ConnectionState) -> Task<Void, Never>? {
        guard state.request != nil else { return close(&state) }
        state.isPeerGone = true
        state.body.breakOff()
        return state.task
    }

    /// Handles the bytes that arrived.
    private func take(
        _ bytes: UnsafeRawBufferPointer, _ state: inout ConnectionState, on worker: Worker,
        _ ended: inout [Task<Void, Never>]
    ) {
        var bytes = bytes
        while state.isOpen, !state.isLingering, let event = state.gate.next(&bytes) {
            var task: Task<Void, Never>?
            switch event {
            case .reply(let reply, let closes):
                if !send(reply, &state) { task = close(&state) } else if closes { task = closeGently(&state) }
            case .request(let head):
                begin(head, &state, on: worker)
            case .parametersTooLarge(let head):
                server.hit(
                    .parameterBytes, "a request's parameters are larger than \(server.limits.parameterBytes) bytes")
                begin(head, &state, on: worker, answer: .parametersTooLarge)
            case .body(let piece):
                if !state.body.append(piece, limit: server.limits.bodyBytes) {
                    server.hit(.bodyBytes, "a request's body is larger than \(server.limits.bodyBytes) bytes")
                }
                if !state.body.isAwaited { state.bodyDeadline = 0 }
                state.isReadingPaused = state.body.isFull
            case .bodyEnd:
                state.body.complete()
                state.bodyDeadline = 0
            case .abort:
                task = abortRequest(&state)
            case .violation(let violation):
                server.violated(violation)
                task = close(&state)
            }
            if let task { ended.append(task) }
        }
        if state.isOpen, !state.isLingering, state.request == nil { awaitRequest(&state) }
    }

    /// Starts the time limit for a request that has begun to arrive. During a shutdown, closes the connection if it
    /// is idle.
    func awaitRequest(_ state: inout ConnectionState) {
        guard state.gate.isMidway else {
            state.requestDeadline = 0
            if server.isDraining { _ = close(&state) }
            return
        }
        guard state.requestDeadline == 0 else { return }
        state.requestDeadline = MonotonicClock.deadline(in: server.receiveTimeout)
        server.ticker.arm()
    }

    /// Handles the web server's abort: ends the request and cancels its handler.
    private func abortRequest(_ state: inout ConnectionState) -> Task<Void, Never>? {
        guard let request = state.request else { return nil }
        guard hasRoom(&state), request.finish(status: 0) else { return close(&state) }
        return state.keepsConnection && !server.isDraining ? abandonRequest(&state) : closeGently(&state)
    }

    /// Sends one of the server's own records. Returns false if the socket does not accept all of it: a peer that does
    /// not read its reply gets no more.
    private func send(_ bytes: [UInt8], _ state: inout ConnectionState) -> Bool {
        // This uses some of the room that libfcgi's next writes would rely on.
        state.writesWithRoom = 0
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        return Glibc.send(descriptor, bytes, bytes.count, flags) == bytes.count
    }

    /// Passes a request to libfcgi and starts its handler.
    private func begin(
        _ head: RequestHead, _ state: inout ConnectionState, on worker: Worker, answer: CannedAnswer? = nil
    ) {
        do {
            let request = try LibFCGIRequest(head, through: worker.staging, to: descriptor)
            state.request = request
            state.keepsConnection = head.keepsConnection
            state.hasResponseStarted = false
            state.serial &+= 1
            state.requestDeadline = MonotonicClock.deadline(in: server.handlerTimeout)
            server.ticker.arm()
            server.statistics.requestStarted()
            let exchange = ConnectionExchange(connection: self, serial: state.serial)
            let parameters = request.parameters()
            var answer = answer
            // libfcgi adds one parameter, FCGI_ROLE.
            if parameters.count - 1 > server.limits.parameters {
                server.hit(.parameters, "a request has more than \(server.limits.parameters) parameters")
                answer = .parametersTooLarge
            }
            state.task = server.start(exchange, parameters: parameters, answer: answer)
        } catch {
            server.logger.error("request dropped", metadata: ["error": "\(error)"])
            _ = close(&state)
        }
    }
}

/// The part of a request's body that has arrived and is unread.
struct RequestBodyBuffer {
    /// The number of bytes to buffer. The rest stays in the socket, and the web server waits.
    static let window = 65_536

    private var bytes: [UInt8] = []
    private var received = 0
    private var isComplete = false
    private var failure: FastCGIError?
    private var waiter: CheckedContinuation<[UInt8]?, any Error>?

    /// Whether reading from the socket should pause.
    var isFull: Bool { bytes.count >= Self.window }
    /// Whether the body is complete and empty.
    var isEmpty: Bool { isComplete && received == 0 }
    /// Whether a handler waits for more.
    var isAwaited: Bool { waiter != nil }

    /// Adds a piece of the body.
    ///
    /// - Returns: false when the body exceeds `limit` bytes. It is then dropped, and later reads throw
    ///   `bodyTooLarge`.
    mutating func append(_ piece: UnsafeRawBufferPointer, limit: Int) -> Bool {
        guard failure == nil else { return true }
        received += piece.count
        guard received <= limit else {
            fail(with: .bodyTooLarge(limit: limit))
            return false
        }
        if let waiter {
            self.waiter = nil
            waiter.resume(returning: Array(piece))
        } else {
            bytes.append(contentsOf: piece)
        }
        return true
    }

    /// Marks the body as complete.
    mutating func complete() {
        isComplete = true
        waiter?.resume(returning: nil)
        waiter = nil
    }

    /// Handles the end of the peer's input: an incomplete body can no longer be completed, so reading it fails.
    mutating func breakOff() {
        if !isComplete { fail(with: .requestAborted) }
    }

    /// Makes later reads fail. An earlier failure takes precedence.
    mutating func fail(with error: FastCGIError) {
        failure = failure ?? error
        bytes = []
        waiter?.resume(throwing: failure ?? error)
        waiter = nil
    }

    /// Returns the buffered bytes without waiting.
    ///
    /// - Returns: some bytes, `.some(nil)` at the end, or nil if the caller must wait.
    mutating func take() throws(FastCGIError) -> [UInt8]?? {
        if let failure { throw failure }
        if !bytes.isEmpty {
            defer { bytes = [] }
            return .some(bytes)
        }
        return isComplete ? .some(nil) : nil
    }

    /// Stores the continuation of a waiting read. A second read makes the first one fail.
    mutating func wait(_ continuation: CheckedContinuation<[UInt8]?, any Error>) {
        waiter?.resume(throwing: FastCGIError.requestAborted)
        waiter = continuation
    }

    /// Resumes a waiting read with a `CancellationError`.
    mutating func cancelWait() {
        waiter?.resume(throwing: CancellationError())
        waiter = nil
    }
}
