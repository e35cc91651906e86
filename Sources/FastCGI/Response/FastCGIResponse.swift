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
