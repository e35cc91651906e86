import FastCGI
import HTTPTypes
import Hummingbird
import NIOCore

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
