import FastCGI
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Hands one FastCGI request to a responder and writes its answer.
struct RequestHandler<Responder: HTTPResponder>: Sendable
where Responder.Context: InitializableFromSource<FastCGIRequestContextSource> {
    let responder: Responder
    let logger: Logger

    func handle(_ request: FastCGIRequest, _ response: FastCGIResponse) async throws {
        guard let hummingbirdRequest = Request(request) else {
            return try await write(Response(status: .badRequest), to: response, for: nil)
        }
        var logger = logger
        logger.handler = RequestLogHandler(logger.handler, id: Self.id(of: hummingbirdRequest))
        let context = Responder.Context(
            source: FastCGIRequestContextSource(logger: logger, parameters: request.parameters))
        let answer = try await respond(to: hummingbirdRequest, context, logger)
        try await write(answer, to: response, for: hummingbirdRequest)
    }

    /// Asks the responder. An error that is no answer becomes 500, as it does in Hummingbird's own server; the
    /// client is told nothing of it. That the client has left is none.
    private func respond(to request: Request, _ context: Responder.Context, _ logger: Logger) async throws -> Response {
        do {
            return try await responder.respond(to: request, context: context)
        } catch let error
            where error as? FastCGIError == .requestAborted || Task.isCancelled && error is CancellationError
        {
            throw error
        } catch {
            logger.error("request failed", metadata: ["error": "\(error)"])
            return Response(status: .internalServerError)
        }
    }

    private func write(_ answer: Response, to response: FastCGIResponse, for request: Request?) async throws {
        var head = answer.head
        // These have no body, and so no length of one (RFC 9110, section 8.6).
        let hasNoBody = [.noContent, .notModified].contains(head.status) || head.status.kind == .informational
        if hasNoBody { head.headerFields[.contentLength] = nil }
        guard !hasNoBody, request?.method != .head else { return try await response.write(head.cgiHead) }
        let isStream = answer.body.contentLength == nil
        let pending = PendingHead(head.cgiHead)
        if isStream, let head = pending.take() {
            try await response.write(head)
            try await response.flush()
        }
        try await answer.body.write(
            FastCGIResponseBodyWriter(response: response, head: pending, flushesEachPiece: isStream))
        if let head = pending.take() { try await response.write(head) }
    }

    /// The web server's id of a request, or one of our own when it has none that can stand in a log.
    private static func id(of request: Request) -> Logger.MetadataValue {
        guard let name = HTTPField.Name.xRequestID, let id = request.headers[name], (1...128).contains(id.utf8.count),
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return .stringConvertible(RequestID()) }
        return .string(id)
    }
}

extension HTTPField.Name {
    /// The field by which a web server tells its id of a request.
    static let xRequestID = HTTPField.Name("X-Request-ID")
}

/// Writes an answer: its head with the first piece of its body, and then the rest.
struct FastCGIResponseBodyWriter: ResponseBodyWriter {
    let response: FastCGIResponse
    let head: PendingHead
    /// Whether a piece is sent as soon as it is written: so for a stream whose length is not known, such as
    /// server-sent events. A body of known length is sent when the buffer is full.
    let flushesEachPiece: Bool

    mutating func write(_ buffer: ByteBuffer) async throws {
        var bytes = head.take() ?? []
        buffer.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        try await response.write(bytes)
        if flushesEachPiece { try await response.flush() }
    }

    /// CGI has no place for trailers.
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// The head of an answer until the first piece of its body goes with it, so that both are put at once.
///
/// Not thread-safe: it belongs to the task that answers the request.
final class PendingHead {
    private var bytes: [UInt8]?

    /// - Parameter bytes: the head with the empty line that ends it.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The head, once; nil when it was taken before.
    func take() -> [UInt8]? {
        defer { bytes = nil }
        return bytes
    }
}
