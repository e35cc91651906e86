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
