import AsyncHTTPClient
import NIOCore
import Posts
import Synchronization

/// A picture on its way into a file, whole or from where an earlier download broke off.
package struct PictureDownload: Sendable {
    /// Where what comes begins: at the byte that was asked for, or at 0 when upstream sends all of it.
    package let offset: Int
    /// How many bytes the whole picture has, where upstream said so.
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

    /// The next bytes; nil at the end.
    package func next() async throws(PictureError) -> ByteBuffer? { try await stream.next() }

    /// Ends the download; called when it is over, too, it does nothing.
    package func close() { stream.close() }

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
    package func download(_ address: String, from offset: Int = 0, redirects: Int? = nil) async throws(PictureError)
        -> PictureDownload
    {
        let deadline = ContinuousClock.now + configuration.firstByteTimeout
        let (response, exchange) = try await open(address, from: offset, redirects: redirects, before: deadline)
        return try PictureDownload(response, exchange, from: offset, configuration)
    }
}

/// What was learned of pictures when they were last fetched, for feeds, which tell type and length of each.
///
/// Bounded: beyond the limit, what was learned first is forgotten.
package final class PictureFacts: Sendable {
    private struct Contents {
        var facts: [String: PictureFact] = [:]
        /// The addresses in the order in which they were first learned, as a ring.
        var order: [String] = []
        var oldest = 0
    }

    private let limit: Int
    private let contents = Mutex(Contents())

    /// - Parameter limit: how many pictures are remembered; at least 1.
    package init(limit: Int = 5_000) {
        self.limit = max(1, limit)
    }

    /// What is known of the picture with that address here (``Picture/path``).
    package subscript(path: String) -> PictureFact? { contents.withLock { $0.facts[path] } }

    /// Remembers what came.
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

/// What a picture turned out to be when it was fetched.
package struct PictureFact: Sendable, Equatable {
    package let type: ImageType
    /// In bytes, where upstream said so.
    package let length: Int?

    package init(type: ImageType, length: Int?) {
        self.type = type
        self.length = length
    }
}
