import Crawler
import Hummingbird

/// An answer that is ready to be sent: bytes, their type and what caches need to know.
struct Representation: Sendable {
    let body: ByteBuffer
    let contentType: String
    var validators: Validators
    let cache: CachePolicy
    /// The address has more than one representation, chosen by `Accept`.
    var isNegotiated = false
    /// The `Content-Security-Policy`, for documents.
    var securityPolicy: String?

    /// - Parameter lastModified: seconds since 1970-01-01T00:00:00Z.
    init(body: ByteBuffer, contentType: String, lastModified: Int64? = nil, cache: CachePolicy) {
        self.body = body
        self.contentType = contentType
        self.validators = Validators(tag: EntityTag(of: body.readableBytesView), lastModified: lastModified)
        self.cache = cache
    }

    /// The answer to a request: 304 when the reader has these bytes already.
    func response(to request: Request) -> Response {
        var headers = HTTPFields()
        validators.write(to: &headers, for: request.headers)
        headers[.cacheControl] = cache.directives
        // Web servers in front may compress it, and a 304 must say that, too (RFC 9110, section 15.4.5).
        headers[.vary] = isNegotiated ? "Accept, Accept-Encoding" : "Accept-Encoding"
        if validators.areCurrent(for: request.headers) { return .notModified(headers) }
        headers[.contentType] = contentType
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentSecurityPolicy] = securityPolicy
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

extension Representation {
    /// When what changes only with the program changed last, in seconds since 1970-01-01T00:00:00Z: it cannot be later
    /// than the start of the process, which is when this is read first.
    static let sinceStart = Epoch.now()

    static func json(_ json: JSON, lastModified: Int64? = nil, cache: CachePolicy) -> Representation {
        Representation(
            body: ByteBuffer(bytes: json.encoded), contentType: JSON.contentType, lastModified: lastModified,
            cache: cache
        )
    }
}
