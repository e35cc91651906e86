import FastCGI
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Passes a FastCGI request to a Hummingbird responder and writes the response.
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
        let hummingbirdResponse = try await respond(to: hummingbirdRequest, context, logger)
        try await write(hummingbirdResponse, to: response, for: hummingbirdRequest)
    }

    /// Calls the responder. As in Hummingbird's own server, an unexpected error becomes status 500 without details
    /// for the client. A disconnect is rethrown.
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

    private func write(_ content: Response, to response: FastCGIResponse, for request: Request?) async throws {
        var head = content.head
        // These responses have no body, and therefore no Content-Length (RFC 9110, section 8.6).
        let hasNoBody = [.noContent, .notModified].contains(head.status) || head.status.kind == .informational
        if hasNoBody { head.headerFields[.contentLength] = nil }
        guard !hasNoBody, request?.method != .head else { return try await response.write(head.cgiHead) }
        let isStream = content.body.contentLength == nil
        let pending = PendingHead(head.cgiHead)
        if isStream, let head = pending.take() {
            try await response.write(head)
            try await response.flush()
        }
        try await content.body.write(
            FastCGIResponseBodyWriter(response: response, head: pending, flushesEachPart: isStream))
        if let head = pending.take() { try await response.write(head) }
    }

    /// The web server's ID of the request, or a new one if it is missing or unsafe to log.
    private static func id(of request: Request) -> Logger.MetadataValue {
        guard let name = HTTPField.Name.xRequestID, let id = request.headers[name], (1...128).contains(id.utf8.count),
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return .stringConvertible(RequestID()) }
        return .string(id)
    }
}

extension HTTPField.Name {
    /// The web server's ID of a request.
    static let xRequestID = HTTPField.Name("X-Request-ID")
}

/// Writes a response: the head together with the first part of the body, then the rest.
struct FastCGIResponseBodyWriter: ResponseBodyWriter {
    let response: FastCGIResponse
    let head: PendingHead
    /// Whether each part is sent as soon as it is written, as in streams of unknown length, such as server-sent
    /// events. A body of known length is sent whenever the buffer is full.
    let flushesEachPart: Bool

    mutating func write(_ buffer: ByteBuffer) async throws {
        var bytes = head.take() ?? []
        buffer.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        try await response.write(bytes)
        if flushesEachPart { try await response.flush() }
    }

    /// CGI has no trailers.
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// The head of a response, until it is sent together with the first part of the body.
///
/// Not thread-safe: it belongs to the task that handles the request.
final class PendingHead {
    private var bytes: [UInt8]?

    /// - Parameter bytes: the head, including the empty line at its end.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Returns the head on the first call, and nil afterwards.
    func take() -> [UInt8]? {
        defer { bytes = nil }
        return bytes
    }
}
