import FastCGI
import HTTPTypes
import Hummingbird
import NIOCore

/// Writes the body of an answer.
struct FastCGIResponseBodyWriter: ResponseBodyWriter {
    let response: FastCGIResponse
    /// Whether a piece is sent as soon as it is written: so for a stream whose length is not known, such as
    /// server-sent events. A body of known length is sent when the buffer is full.
    let flushesEachPiece: Bool

    mutating func write(_ buffer: ByteBuffer) async throws {
        try await response.write(buffer.readableBytesView)
        if flushesEachPiece { try await response.flush() }
    }

    /// CGI has no place for trailers.
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
