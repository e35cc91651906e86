import AsyncHTTPClient
import NIOCore

/// A picture on its way into a file, whole or from where an earlier download broke off.
public struct PictureDownload: Sendable {
    /// Where what comes begins: at the byte that was asked for, or at 0 when upstream sends all of it.
    public let offset: Int
    /// How many bytes the whole picture has, where upstream said so.
    public let length: Int?
    private let stream: PictureStream

    fileprivate init(
        _ response: HTTPClientResponse, _ exchange: UpstreamExchange, from wanted: Int,
        _ limits: PictureProxyConfiguration
    ) throws(PictureError) {
        let rest = response.contentLength
        let offset: Int
        switch response.status {
        case .ok: offset = 0
        case .partialContent:
            guard Self.start(response.headers.first(name: "Content-Range")) == wanted else {
                throw .broken("upstream sends another part than was asked for")
            }
            offset = wanted
        default: throw .status(Int(response.status.code))
        }
        guard offset <= limits.maximumBytes, rest ?? 0 <= limits.maximumBytes - offset else {
            throw .tooLarge(limit: limits.maximumBytes)
        }
        self.offset = offset
        length = rest.map { $0 + offset }
        stream = PictureStream(response.body, exchange, limit: limits.maximumBytes - offset)
    }

    /// The next bytes; nil at the end.
    public func next() async throws(PictureError) -> ByteBuffer? { try await stream.next() }

    /// Ends the download; called when it is over, too, it does nothing.
    public func close() { stream.close() }

    /// The first byte of `bytes 10-99/100` (RFC 9110, section 14.4).
    private static func start(_ range: String?) -> Int? {
        guard let range, range.hasPrefix("bytes ") else { return nil }
        return DecimalNumber(range.dropFirst(6).prefix { $0 != "-" })?.value
    }
}

extension PictureProxy {
    /// Begins to download a picture, with all the limits for pictures that readers get. The caller checks what the first
    /// bytes are: they may be there from before.
    ///
    /// - Parameters:
    ///   - address: the address that a source handed out.
    ///   - offset: of the first byte that is wanted. Upstream may send all of it nevertheless.
    ///   - redirects: how many to follow; as many as the configuration allows unless told.
    /// - Throws: ``PictureError/status(_:)`` with 416 when there is nothing from that offset on.
    public func download(_ address: String, from offset: Int = 0, redirects: Int? = nil) async throws(PictureError)
        -> PictureDownload
    {
        let deadline = ContinuousClock.now + configuration.firstByteTimeout
        let (response, exchange) = try await open(address, from: offset, redirects: redirects, before: deadline)
        return try PictureDownload(response, exchange, from: offset, configuration)
    }
}
