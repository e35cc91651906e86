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
