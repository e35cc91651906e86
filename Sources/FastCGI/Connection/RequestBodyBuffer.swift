/// What has arrived of a request's body and was not read yet.
struct RequestBodyBuffer {
    /// How many bytes are kept; the rest waits in the socket, and the web server with it.
    static let window = 65_536

    private var bytes: [UInt8] = []
    private var received = 0
    private var isComplete = false
    private var failure: FastCGIError?
    private var waiter: CheckedContinuation<[UInt8]?, any Error>?

    /// Whether reading from the socket should wait.
    var isFull: Bool { bytes.count >= Self.window }
    /// Whether all has arrived, and it is nothing.
    var isEmpty: Bool { isComplete && received == 0 }
    /// Whether a handler waits for more.
    var isAwaited: Bool { waiter != nil }

    /// Adds what arrived.
    ///
    /// - Returns: false when the body has become larger than `limit` bytes; it is dropped then, and reading it
    ///   fails.
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

    /// Notes that there is no more.
    mutating func complete() {
        isComplete = true
        waiter?.resume(returning: nil)
        waiter = nil
    }

    /// Notes that the peer sends no more: a body that is not complete never will be.
    mutating func breakOff() {
        if !isComplete { fail(with: .requestAborted) }
    }

    /// Makes reading fail from now on; a failure that was there already stays.
    mutating func fail(with error: FastCGIError) {
        failure = failure ?? error
        bytes = []
        waiter?.resume(throwing: failure ?? error)
        waiter = nil
    }

    /// What is there without waiting.
    ///
    /// - Returns: some bytes, `.some(nil)` at the end, or nil when more must be waited for.
    mutating func take() throws(FastCGIError) -> [UInt8]?? {
        if let failure { throw failure }
        if !bytes.isEmpty {
            defer { bytes = [] }
            return .some(bytes)
        }
        return isComplete ? .some(nil) : nil
    }

    /// Leaves a reader that waits; there is at most one.
    mutating func wait(_ continuation: CheckedContinuation<[UInt8]?, any Error>) {
        waiter?.resume(throwing: FastCGIError.requestAborted)
        waiter = continuation
    }

    /// Sends a waiting reader away.
    mutating func cancelWait() {
        waiter?.resume(throwing: CancellationError())
        waiter = nil
    }
}
