/// A request that a web server sent, for a ``FastCGIServer/Handler``.
public struct FastCGIRequest: Sendable {
    /// CGI meta-variables and header fields.
    public let parameters: FastCGIParameters
    /// What the client sent after the head: to be read once, or not at all.
    public let body: FastCGIBody

    init(parameters: FastCGIParameters, exchange: any Exchange) {
        self.parameters = parameters
        body = FastCGIBody(exchange: exchange)
    }
}

/// What a request and its answer are read from and written to: a FastCGI connection, or a CGI program's
/// standard streams.
protocol Exchange: Sendable {
    /// Whether the body is known to be empty already.
    var isBodyEmpty: Bool { get }
    /// Reads some of the body; nil at its end.
    func readBody() async throws -> [UInt8]?
    /// Puts bytes into the answer, as many as can be without waiting.
    func offer(_ bytes: UnsafeRawBufferPointer) throws -> Int
    /// Puts bytes into the errors, as many as can be without waiting.
    func offerErrors(_ bytes: UnsafeRawBufferPointer) throws -> Int
    /// Sends what was put; false when there is no room now.
    func flush() throws -> Bool
    /// Sends the errors that were put; false when there is no room now.
    func flushErrors() throws -> Bool
    /// Waits until there is room.
    func waitForRoom() async throws
    /// Ends the answer; false when there is no room now.
    func finish(status: Int32) throws -> Bool
    /// Ends it in the middle, so that the peer sees that it is not complete.
    func breakOff()
    /// Whether any of the answer was put.
    var hasResponseStarted: Bool { get }
}

extension Exchange {
    /// Puts all bytes, waiting for room as often as it takes.
    func write(_ bytes: [UInt8], with offer: (UnsafeRawBufferPointer) throws -> Int) async throws {
        var offered = 0
        while true {
            offered += try bytes.withUnsafeBytes { try offer(UnsafeRawBufferPointer(rebasing: $0[offered...])) }
            guard offered < bytes.count else { return }
            try await waitForRoom()
        }
    }

    /// Repeats a step until it is done, waiting for room in between.
    func untilDone(_ step: () throws -> Bool) async throws {
        while try !step() { try await waitForRoom() }
    }
}

/// The body of a request, in the pieces in which it arrives.
///
/// A piece has at least one byte. While a handler does not read, at most some 128 KiB are kept for it; then the
/// web server has to wait. Reading throws ``FastCGIError/bodyTooLarge(limit:)``,
/// ``FastCGIError/receiveTimeout``, ``FastCGIError/requestAborted`` when the client has gone, or
/// `CancellationError`.
public struct FastCGIBody: AsyncSequence, Sendable {
    let exchange: any Exchange

    /// Whether all of the body has arrived already, and it is empty, as with most requests. False says nothing.
    public var isEmpty: Bool { exchange.isBodyEmpty }

    /// Iterates over the pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let exchange: any Exchange

        /// The next piece; nil at the end.
        public mutating func next() async throws -> [UInt8]? {
            try await exchange.readBody()
        }
    }

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(exchange: exchange)
    }
}

/// The answer to a request: a head as a CGI program writes it, an empty line and a body
/// (RFC 3875, section 6), put into libfcgi's buffer of 8 KiB and sent when that is full, flushed, or ended.
///
/// Writing waits, without holding a thread, while the web server takes nothing, and throws
/// ``FastCGIError/requestAborted`` once it has gone or has given the request up. When the handler returns, the
/// answer is complete; when it throws in the middle of one, the connection is broken off, so that the web server
/// does not take half an answer for a whole one.
public struct FastCGIResponse: Sendable {
    let exchange: any Exchange

    /// Puts bytes into the answer.
    public func write(_ bytes: [UInt8]) async throws {
        try await exchange.write(bytes, with: exchange.offer)
    }

    /// Puts bytes into the answer.
    public func write(_ bytes: some Collection<UInt8>) async throws {
        try await write(Array(bytes))
    }

    /// Sends at once what was put so far.
    public func flush() async throws {
        try await exchange.untilDone(exchange.flush)
    }

    /// Puts a line into the request's standard error stream and sends it: web servers write it to their error
    /// log, beside the request. Never put a secret into it.
    public func writeError(_ line: String) async throws {
        try await exchange.write(Array(line.utf8), with: exchange.offerErrors)
        try await exchange.untilDone(exchange.flushErrors)
    }
}
