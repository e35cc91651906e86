import AsyncHTTPClient
import Hummingbird
import NIOCore

/// A picture whose first bytes have arrived and are what they were said to be.
struct FetchedPicture: Sendable {
    let type: ImageType
    /// Its length in bytes, where upstream said so.
    let length: Int?
    private let stream: PictureStream

    /// - Throws: ``PictureError`` when it is not a picture that is passed on.
    init(
        _ response: HTTPClientResponse, _ exchange: UpstreamExchange, before deadline: ContinuousClock.Instant,
        _ limits: PictureProxyConfiguration
    ) async throws(PictureError) {
        guard response.status == .ok else { throw .status(Int(response.status.code)) }
        let declared = response.headers.first(name: "Content-Type") ?? "an undeclared type"
        guard let type = ImageType(contentType: declared) else { throw .unsupportedType(declared) }
        length = response.headers.first(name: "Content-Length").flatMap { DecimalNumber($0)?.value }
        guard length ?? 0 <= limits.maximumBytes else { throw .tooLarge(limit: limits.maximumBytes) }

        stream = PictureStream(response.body, exchange, limit: limits.maximumBytes)
        let first = try await stream.peek(ImageType.prefixLength, before: deadline)
        guard ImageType(firstBytes: first.readableBytesView) == type else { throw .mismatch(declared: type) }
        self.type = type
    }

    /// The whole picture, read from upstream no faster than it is written. A body that breaks off
    /// breaks the answer off.
    var body: ResponseBody {
        ResponseBody(contentLength: length) { [stream] writer in
            // Also when the reader is gone: then upstream need not send the rest.
            defer { stream.close() }
            while let part = try await stream.next() { try await writer.write(part) }
            try await writer.finish(nil)
        }
    }
}
