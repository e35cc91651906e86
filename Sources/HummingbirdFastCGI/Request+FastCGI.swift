import FastCGI
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// Makes a request of one that came over FastCGI.
    ///
    /// - Returns: nil when it has no method, or one that is no token.
    init?(_ request: FastCGIRequest) {
        guard let head = HTTPRequest(request.parameters) else { return nil }
        let body =
            request.body.isEmpty
            ? RequestBody(buffer: ByteBuffer()) : RequestBody(asyncSequence: ByteBuffers(request.body))
        self.init(head: head, body: body)
    }
}

/// The body of a request as Hummingbird reads it. Limits of the server become the HTTP errors that stand for
/// them.
struct ByteBuffers: AsyncSequence, Sendable {
    private let body: FastCGIBody

    init(_ body: FastCGIBody) {
        self.body = body
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var pieces: FastCGIBody.AsyncIterator

        mutating func next() async throws -> ByteBuffer? {
            do {
                return try await pieces.next().map { ByteBuffer(bytes: $0) }
            } catch FastCGIError.bodyTooLarge {
                throw HTTPError(.contentTooLarge)
            } catch FastCGIError.receiveTimeout {
                throw HTTPError(.requestTimeout)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pieces: body.makeAsyncIterator())
    }
}
