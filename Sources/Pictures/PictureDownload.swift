import AsyncHTTPClient
import NIOCore
import Posts
import Synchronization

/// A download of a picture into a file, from the start or from the point where an earlier download broke off.
package struct PictureDownload: Sendable {
    /// The offset of the first received byte: the requested offset, or 0 if upstream sends the whole picture.
    package let offset: Int
    /// The size of the whole picture in bytes, if upstream declares it.
    package let length: Int?
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

    /// Returns the next bytes, or nil at the end.
    package func next() async throws(PictureError) -> ByteBuffer? { try await stream.next() }

    /// Ends the download. Does nothing if it has already ended.
    package func close() { stream.close() }

    /// The first byte of `bytes 10-99/100` (RFC 9110, section 14.4).
    private static func start(_ range: String?) -> Int? {
        guard let range, range.hasPrefix("bytes ") else { return nil }
        return DecimalNumber(range.dropFirst(6).prefix { $0 != "-" })?.value
    }
}

extension PictureProxy {
    /// Starts to download a picture, within the proxy's limits. The caller checks the picture's first bytes, because
    /// an earlier download may have received them.
    ///
    /// - Parameters:
    ///   - address: the address from the source.
    ///   - offset: the offset of the first requested byte. Upstream may still send the whole picture.
    ///   - redirects: the maximum number of redirects; nil for the configured number.
    /// - Throws: ``PictureError/status(_:)`` with 416 if upstream has no bytes from that offset on.
    package func download(_ address: String, from offset: Int = 0, redirects: Int? = nil) async throws(PictureError)
        -> PictureDownload
    {
        let deadline = ContinuousClock.now + configuration.firstByteTimeout
        let (response, exchange) = try await open(address, from: offset, redirects: redirects, before: deadline)
        return try PictureDownload(response, exchange, from: offset, configuration)
    }
}

/// The types and lengths of recently fetched pictures, for feeds, which declare both.
///
/// At the limit, the fact learned first is dropped.
package final class PictureFacts: Sendable {
    private struct Contents {
        var facts: [String: PictureFact] = [:]
        /// The addresses in the order in which they were learned, as a ring buffer.
        var order: [String] = []
        var oldest = 0
    }

    private let limit: Int
    private let contents = Mutex(Contents())

    /// - Parameter limit: the maximum number of pictures, at least 1.
    package init(limit: Int = 5_000) {
        self.limit = max(1, limit)
    }

    /// The fact about the picture with an address on this service (``Picture/path``).
    package subscript(path: String) -> PictureFact? { contents.withLock { $0.facts[path] } }

    /// Stores a fact about a picture.
    package func learn(_ fact: PictureFact, of path: String) {
        contents.withLock { contents in
            if contents.facts.updateValue(fact, forKey: path) != nil { return }
            guard contents.order.count == limit else {
                contents.order.append(path)
                return
            }
            contents.facts[contents.order[contents.oldest]] = nil
            contents.order[contents.oldest] = path
            contents.oldest = (contents.oldest + 1) % limit
        }
    }
}

/// The properties of a picture, learned when it was fetched.
package struct PictureFact: Sendable, Equatable {
    package let type: ImageType
    /// The length in bytes, if upstream declared it.
    package let length: Int?

    package init(type: ImageType, length: Int?) {
        self.type = type
        self.length = length
    }
}
