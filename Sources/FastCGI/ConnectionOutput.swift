import Glibc

extension Connection {
    /// Whether the socket has room for at least all that libfcgi may write at once, its 8 KiB buffer and the
    /// closing records. A Unix socket says it is writable when at most a quarter of its buffer is taken, a TCP
    /// socket at two thirds; the listening socket makes the buffers large enough for either. So once it was
    /// writable, some writes have room without asking again, even if the peer takes nothing.
    func hasRoom(_ state: inout ConnectionState) -> Bool {
        if state.writesWithRoom > 0 {
            state.writesWithRoom -= 1
            return true
        }
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&request, 1, 0) == 1, request.revents & Int16(POLLOUT) != 0 else { return false }
        state.writesWithRoom = Self.writesWithRoom
        return true
    }

    /// How many writes of libfcgi's, none larger than some 9 KiB, fit into what is free of a writable socket. The
    /// least is a third of 128 KiB, of TCP.
    private static let writesWithRoom = 3

    /// Which of libfcgi's two streams bytes go to.
    enum Stream {
        case output
        case errors
    }

    /// Puts bytes into a stream, as many as can be without waiting.
    ///
    /// - Returns: how many.
    func offer(_ bytes: UnsafeRawBufferPointer, to stream: Stream, of serial: UInt64) throws(FastCGIError) -> Int {
        // The pointer goes in as a number, because the compiler cannot see that nothing keeps it.
        let (address, count) = (UInt(bitPattern: bytes.baseAddress), bytes.count)
        let (result, ended) = state.withLock { state -> (Result<Int, FastCGIError>, Task<Void, Never>?) in
            guard let request = state.open(serial) else { return (.failure(.requestAborted), nil) }
            if stream == .output { state.beginResponse() }
            let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count)
            var taken = 0
            while taken < bytes.count {
                let room = stream == .output ? request.room : request.errorRoom
                let piece = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(taken).prefix(room))
                if stream == .output { request.put(piece) } else { request.putError(piece) }
                taken += piece.count
                guard taken < bytes.count else { break }
                guard hasRoom(&state) else { break }
                guard stream == .output ? request.flush() : request.flushErrors() else {
                    return (.failure(.requestAborted), close(&state))
                }
            }
            return (.success(taken), nil)
        }
        ended?.cancel()
        return try result.get()
    }

    /// Writes what is in a stream's buffer, if the socket has room.
    ///
    /// - Returns: whether it is written.
    func flush(_ stream: Stream, of serial: UInt64) throws(FastCGIError) -> Bool {
        try whenRoom(serial) { request, _ in
            stream == .output ? request.flush() : request.flushErrors()
        }
    }

    /// Ends the request, if the socket has room for what is left.
    ///
    /// - Returns: whether it is ended.
    func finish(status: Int32, serial: UInt64) throws(FastCGIError) -> Bool {
        try whenRoom(serial) { request, state in
            guard request.finish(status: status) else { return false }
            let peerIsMidway = state.gate.isMidway
            endRequest(&state)
            if !state.keepsConnection || state.isPeerGone || server.isDraining {
                _ = closeGently(&state, peerIsMidway: peerIsMidway)
            } else {
                awaitRequest(&state)
            }
            return true
        }
    }

    /// Ends the connection in the middle of an answer, so that the web server sees that it is not complete.
    func breakOff(serial: UInt64) {
        let ended = state.withLock { state -> Task<Void, Never>? in
            state.open(serial) == nil ? nil : close(&state)
        }
        ended?.cancel()
    }

    private func whenRoom(
        _ serial: UInt64, _ write: (LibFCGIRequest, inout ConnectionState) -> Bool
    ) throws(FastCGIError) -> Bool {
        let (result, ended) = state.withLock { state -> (Result<Bool, FastCGIError>, Task<Void, Never>?) in
            guard let request = state.open(serial) else { return (.failure(.requestAborted), nil) }
            guard hasRoom(&state) else { return (.success(false), nil) }
            guard write(request, &state) else { return (.failure(.requestAborted), close(&state)) }
            return (.success(true), nil)
        }
        ended?.cancel()
        return try result.get()
    }

    /// Waits until the socket has room.
    func waitForRoom(serial: UInt64) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            state.withLock { state in
                guard state.open(serial) != nil else {
                    return continuation.resume(throwing: FastCGIError.requestAborted)
                }
                state.resumeWriter(with: .failure(.requestAborted))
                state.writeWaiter = continuation
                state.writeDeadline = MonotonicClock.deadline(in: server.sendTimeout)
                server.ticker.arm()
                watch(state)
            }
        }
    }

    /// Reads some of the body; nil at its end.
    func readBody(serial: UInt64) async throws -> [UInt8]? {
        if let ready = try takeBody(serial) { return ready }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<[UInt8]?, any Error>) in
                state.withLock { state in
                    guard state.open(serial) != nil else {
                        return continuation.resume(throwing: FastCGIError.requestAborted)
                    }
                    if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                    do {
                        if let ready = try state.body.take() { return continuation.resume(returning: ready) }
                    } catch {
                        return continuation.resume(throwing: error)
                    }
                    state.body.wait(continuation)
                    state.bodyDeadline = MonotonicClock.deadline(in: server.receiveTimeout)
                    server.ticker.arm()
                }
            }
        } onCancel: {
            state.withLock { if $0.open(serial) != nil { $0.body.cancelWait() } }
        }
    }

    private func takeBody(_ serial: UInt64) throws -> [UInt8]?? {
        try state.withLock { state in
            guard state.open(serial) != nil else { throw FastCGIError.requestAborted }
            let ready = try state.body.take()
            if state.isReadingPaused {
                state.isReadingPaused = false
                watch(state)
            }
            return ready
        }
    }
}

extension ConnectionState {
    /// The open request, if it is the one of this number.
    func open(_ serial: UInt64) -> LibFCGIRequest? {
        isOpen && serial == self.serial ? request : nil
    }

    /// Notes that the answer has begun: the handler's deadline is met.
    mutating func beginResponse() {
        guard !hasResponseStarted else { return }
        hasResponseStarted = true
        requestDeadline = 0
    }
}

/// One request on a ``Connection``, for its handler.
struct ConnectionExchange: Exchange {
    let connection: Connection
    /// Names the request: once it is over, everything here fails.
    let serial: UInt64

    var isBodyEmpty: Bool { connection.state.withLock { $0.open(serial) != nil && $0.body.isEmpty } }

    func readBody() async throws -> [UInt8]? {
        try await connection.readBody(serial: serial)
    }

    func offer(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        try connection.offer(bytes, to: .output, of: serial)
    }

    func offerErrors(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        try connection.offer(bytes, to: .errors, of: serial)
    }

    func flush() throws -> Bool {
        try connection.flush(.output, of: serial)
    }

    func flushErrors() throws -> Bool {
        try connection.flush(.errors, of: serial)
    }

    func waitForRoom() async throws {
        try await connection.waitForRoom(serial: serial)
    }

    func finish(status: Int32) throws -> Bool {
        try connection.finish(status: status, serial: serial)
    }

    func breakOff() {
        connection.breakOff(serial: serial)
    }

    var hasResponseStarted: Bool {
        connection.state.withLock { $0.open(serial) == nil || $0.hasResponseStarted }
    }
}
