/// A request from a web server, for a ``FastCGIServer/Handler``.
public struct FastCGIRequest: Sendable {
    /// The CGI meta-variables and header fields.
    public let parameters: FastCGIParameters
    /// The body. It can be read once; reading it is optional.
    public let body: FastCGIBody

    init(parameters: FastCGIParameters, exchange: any Exchange) {
        self.parameters = parameters
        body = FastCGIBody(exchange: exchange)
    }
}

/// The transport of a request and its response: a FastCGI connection, or the standard streams of a CGI program.
protocol Exchange: Sendable {
    /// Whether the body is already known to be empty.
    var isBodyEmpty: Bool { get }
    /// Returns the next part of the body, or nil at its end.
    func readBody() async throws -> [UInt8]?
    /// Adds as many bytes to the response as fit without waiting, and returns their number.
    func offer(_ bytes: UnsafeRawBufferPointer) throws -> Int
    /// Adds as many bytes to the error stream as fit without waiting, and returns their number.
    func offerErrors(_ bytes: UnsafeRawBufferPointer) throws -> Int
    /// Sends the buffered response. Returns false if there is no room now.
    func flush() throws -> Bool
    /// Sends the buffered errors. Returns false if there is no room now.
    func flushErrors() throws -> Bool
    func waitForRoom() async throws
    /// Ends the response. Returns false if there is no room now.
    func finish(status: Int32) throws -> Bool
    /// Aborts the response, so that the peer notices that it is incomplete.
    func breakOff()
    /// Whether any part of the response was written.
    var hasResponseStarted: Bool { get }
}

extension Exchange {
    /// Writes all bytes, and waits whenever there is no room.
    func write(_ bytes: [UInt8], with offer: (UnsafeRawBufferPointer) throws -> Int) async throws {
        var offered = 0
        while true {
            offered += try bytes.withUnsafeBytes { try offer(UnsafeRawBufferPointer(rebasing: $0[offered...])) }
            guard offered < bytes.count else { return }
            try await waitForRoom()
        }
    }

    /// Repeats a step until it returns true, and waits for room in between.
    func untilDone(_ step: () throws -> Bool) async throws {
        while try !step() { try await waitForRoom() }
    }
}

/// The body of a request, as a sequence of the pieces in which it arrives.
///
/// Every piece has at least one byte. If the handler does not read, the server buffers about 128 KiB; then the web
/// server waits. Reading throws ``FastCGIError/bodyTooLarge(limit:)``, ``FastCGIError/receiveTimeout``,
/// ``FastCGIError/requestAborted`` if the client has disconnected, or `CancellationError`.
public struct FastCGIBody: AsyncSequence, Sendable {
    let exchange: any Exchange

    /// Whether the whole body has arrived and is empty, as in most requests. If false, the body may still turn out
    /// empty.
    public var isEmpty: Bool { exchange.isBodyEmpty }

    /// Iterates over the pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let exchange: any Exchange

        /// Returns the next piece, or nil at the end.
        public mutating func next() async throws -> [UInt8]? {
            try await exchange.readBody()
        }
    }

    /// Creates an iterator.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(exchange: exchange)
    }
}

/// The response to a request: a head in CGI format, an empty line and a body (RFC 3875, section 6). libfcgi's 8 KiB
/// buffer is sent when it is full, when it is flushed, and at the end.
///
/// A write suspends the task while the web server reads nothing. It throws ``FastCGIError/requestAborted`` after the
/// web server has disconnected or aborted the request. The response is complete when the handler returns. If the
/// handler throws after the response has started, the connection is closed, so that the web server does not take it
/// for complete.
public struct FastCGIResponse: Sendable {
    let exchange: any Exchange

    /// Adds bytes to the response.
    public func write(_ bytes: [UInt8]) async throws {
        try await exchange.write(bytes, with: exchange.offer)
    }

    /// Adds bytes to the response.
    public func write(_ bytes: some Collection<UInt8>) async throws {
        try await write(Array(bytes))
    }

    /// Sends the buffered bytes at once.
    public func flush() async throws {
        try await exchange.untilDone(exchange.flush)
    }

    /// Writes a line to the request's standard error stream and sends it. Web servers write it to their error log,
    /// next to the request. Never write a secret.
    public func writeError(_ line: String) async throws {
        try await exchange.write(Array(line.utf8), with: exchange.offerErrors)
        try await exchange.untilDone(exchange.flushErrors)
    }
}
