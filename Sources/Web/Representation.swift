import Hummingbird
import Posts

/// A complete response: bytes, their type and the data for caches.
struct Representation: Sendable {
    let body: ByteBuffer
    let contentType: String
    var validators: Validators
    let cache: CachePolicy
    /// Whether `Accept` selects among several representations of the address.
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

    /// The response to a request: 304 if the client already has these bytes.
    func response(to request: Request) -> Response {
        var headers = HTTPFields()
        validators.write(to: &headers, for: request.headers)
        headers[.cacheControl] = cache.directives
        // A web server in front may compress the response. A 304 needs the same `Vary` (RFC 9110, section 15.4.5).
        headers[.vary] = isNegotiated ? "Accept, Accept-Encoding" : "Accept-Encoding"
        if validators.areCurrent(for: request.headers) { return .notModified(headers) }
        headers[.contentType] = contentType
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentSecurityPolicy] = securityPolicy
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

extension Representation {
    /// The modification time of content that changes only with the program, in seconds since 1970-01-01T00:00:00Z. It
    /// is the time of the first read, at the start of the process; the content cannot be newer.
    static let sinceStart = Epoch.now()

    static func json(_ json: JSON, lastModified: Int64? = nil, cache: CachePolicy) -> Representation {
        Representation(
            body: ByteBuffer(bytes: json.encoded), contentType: JSON.contentType, lastModified: lastModified,
            cache: cache
        )
    }
}

/// The media types that a client accepts (RFC 9110, section 12.5.1).
struct AcceptHeader: Sendable {
    private struct Range {
        var type: Substring
        var subtype: Substring
        var quality: Double
    }

    private let ranges: [Range]

    /// - Parameter value: the value of the field; `nil` or empty accepts everything. Invalid elements are ignored.
    init(_ value: String?) {
        ranges = (value ?? "").lowercased().split(separator: ",").compactMap(Self.range)
    }

    /// Whether the client prefers HTML to JSON; `false` if both are equal, as with `*/*`.
    var prefersHTML: Bool {
        let html = max(quality(of: "text", "html"), quality(of: "application", "xhtml+xml"))
        return html > quality(of: "application", "json")
    }

    /// From 0 (not accepted) to 1. The most specific matching range decides.
    func quality(of type: String, _ subtype: String) -> Double {
        if ranges.isEmpty { return 1 }
        let exact = ranges.filter { $0.type == type && $0.subtype == subtype }
        let wholeType = ranges.filter { $0.type == type && $0.subtype == "*" }
        let anything = ranges.filter { $0.type == "*" && $0.subtype == "*" }
        let deciding = [exact, wholeType, anything].first { !$0.isEmpty } ?? []
        return deciding.map(\.quality).max() ?? 0
    }

    private static func range(_ element: Substring) -> Range? {
        let parts = element.split(separator: ";", omittingEmptySubsequences: false)
        guard let name = parts.first?.trimmingSpaces(), !name.isEmpty else { return nil }
        let types = name.split(separator: "/", omittingEmptySubsequences: false)
        var quality = 1.0
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].trimmingSpaces() == "q" else { continue }
            guard let value = Double(pair[1].trimmingSpaces()), (0...1).contains(value) else { return nil }
            quality = value
        }
        switch types.count {
        // Java's old client sends `*` instead of `*/*`.
        case 1 where types[0] == "*": return Range(type: "*", subtype: "*", quality: quality)
        case 2: return Range(type: types[0], subtype: types[1], quality: quality)
        default: return nil
        }
    }
}

extension Response {
    /// A 304 response, which has neither a body nor a length (RFC 9110, section 15.4.5).
    static func notModified(_ headers: HTTPFields) -> Response {
        var response = Response(status: .notModified, headers: headers)
        response.headers[.contentLength] = nil
        return response
    }

    /// The response to `HEAD`: the same header fields without the body. An unknown length stays unknown.
    var withoutBody: Response {
        var response = Response(status: status, headers: headers)
        response.headers[.contentLength] = headers[.contentLength]
        return response
    }
}
