import Glibc

extension Connection {
    /// Whether the socket has room for the most that libfcgi writes at once: its 8 KiB buffer and the closing
    /// records.
    ///
    /// A Unix socket is writable while at most a quarter of its buffer is used, a TCP socket while at most two thirds
    /// are used. ``SocketOptions`` makes a TCP buffer large enough. Therefore several writes fit after one check,
    /// even if the peer reads nothing.
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

    /// The number of libfcgi writes, each at most about 9 KiB, that fit into a writable socket. The smallest free
    /// space is a third of 128 KiB, for TCP.
    private static let writesWithRoom = 3

    /// The two output streams of libfcgi.
    enum Stream {
        case output
        case errors
    }

    /// Adds as many bytes to a stream as fit without waiting.
    ///
    /// - Returns: the number of bytes added.
    func offer(_ bytes: UnsafeRawBufferPointer, to stream: Stream, of serial: UInt64) throws(FastCGIError) -> Int {
        // The pointer is passed as a number, because the compiler cannot see that the closure does not keep it.
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

    /// Writes a stream's buffer, if the socket has room.
    ///
    /// - Returns: whether it was written.
    func flush(_ stream: Stream, of serial: UInt64) throws(FastCGIError) -> Bool {
        try whenRoom(serial) { request, _ in
            stream == .output ? request.flush() : request.flushErrors()
        }
    }

    /// Ends the request, if the socket has room for the rest of the response.
    ///
    /// - Returns: whether it has ended.
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

    /// Closes the connection in the middle of a response, so that the web server notices that it is incomplete.
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

    /// Returns the next part of the body, or nil at its end.
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
    /// Returns the open request if `serial` identifies it.
    func open(_ serial: UInt64) -> LibFCGIRequest? {
        isOpen && serial == self.serial ? request : nil
    }

    /// Marks the response as started, which removes the handler's deadline.
    mutating func beginResponse() {
        guard !hasResponseStarted else { return }
        hasResponseStarted = true
        requestDeadline = 0
    }
}

/// One request on a ``Connection``, for its handler.
struct ConnectionExchange: Exchange {
    let connection: Connection
    /// Identifies the request; every call fails after it has ended.
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
