import AsyncHTTPClient
import Hummingbird
import NIOCore

/// A picture whose first bytes have arrived and are those of a raster picture.
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
        length = response.contentLength
        guard length ?? 0 <= limits.maximumBytes else { throw .tooLarge(limit: limits.maximumBytes) }

        stream = PictureStream(response.body, exchange, limit: limits.maximumBytes)
        let first = try await stream.peek(ImageType.prefixLength, before: deadline)
        // Upstream's label may be wrong, missing, or one of any kind of file: the bytes decide.
        guard let type = ImageType(firstBytes: first.readableBytesView) else {
            let declared = response.headers.first(name: "Content-Type") ?? ""
            throw .notAPicture(declared: declared.isEmpty ? "nothing" : String(declared.prefix(100)))
        }
        self.type = type
    }

    /// The whole picture, read from upstream no faster than it is written. A body that breaks off
    /// breaks the response off.
    ///
    /// It does not tell its ``length``, so that each piece is sent as it comes: upstream may be slow.
    var body: ResponseBody {
        ResponseBody { [stream] writer in
            // Also when the reader is gone: then upstream need not send the rest.
            defer { stream.close() }
            while let part = try await stream.next() { try await stream.writing { try await writer.write(part) } }
            try await writer.finish(nil)
        }
    }
}

extension HTTPClientResponse {
    /// The length of the body in bytes; nil where upstream does not say it, or says that of a compressed form.
    var contentLength: Int? {
        let coding = headers.first(name: "Content-Encoding")?.lowercased() ?? "identity"
        guard coding == "identity" || coding.isEmpty else { return nil }
        return headers.first(name: "Content-Length").flatMap { DecimalNumber($0)?.value }
    }
}
