import HTTPTypes
import Hummingbird
import Posts

/// The path of a request, percent-decoded once and taken apart.
///
/// Everything that two readers could understand differently is refused rather than repaired:
/// broken escapes, bytes that are not UTF-8, NUL, empty segments and the dot segments.
struct RequestPath: Sendable, Equatable {
    /// The decoded segments; none for `/`.
    let segments: [String]

    /// - Parameter encoded: the path as it came in, without the query.
    init?(_ encoded: some StringProtocol) {
        guard let decoded = encoded.validPercentDecoded(), decoded.utf8.first == UInt8(ascii: "/"),
            !decoded.utf8.contains(0)
        else { return nil }
        let tail = decoded.utf8.dropFirst()
        if tail.isEmpty {
            segments = []
            return
        }
        let parts = tail.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String($0) ?? "" }
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        segments = parts
    }

    /// The one spelling of this path: `/%73tatus` and `/status` both become `/status`.
    var canonical: String {
        "/" + segments.map(\.percentEncoded).joined(separator: "/")
    }

    /// The one address of what this path leads to: `/tags/%23B+a+a/latest/007` becomes `/tags/a+b/latest/7`.
    var address: String {
        let parts = segments.indices.map { index -> String in
            let segment = segments[index]
            if index == 1, ["tags", "embed"].contains(segments[0]) { return Self.names(segment) }
            if index > 0, segments[index - 1] == "latest", let number = DecimalNumber(segment) {
                return String(number.value)
            }
            return segment.percentEncoded
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Whether it is an address of a picture itself, by its form.
    var isOfPicture: Bool {
        segments.first == "media" || segments.last == "image" && ["latest", "tags"].contains(segments.first)
    }

    /// Hashtags joined by `+`, as ``PostQuery/prefix`` writes them. What is no hashtag stays as it is.
    private static func names(_ segment: String) -> String {
        let names = segment.unicodeScalars.split(separator: "+", omittingEmptySubsequences: false)
        let hashtags = names.prefix(100).compactMap { try? Hashtag(String($0)) }
        guard hashtags.count == names.count else { return segment.percentEncoded }
        return PostQuery(hashtags).hashtags.map { $0.name.percentEncoded }.joined(separator: "+")
    }
}

/// Scheme and host under which the reader sees the service, for the few places that need a whole
/// address.
struct RequestOrigin: Sendable, Equatable {
    /// Like `https://example.com`, or empty when the request names no usable host.
    let text: String

    init(_ request: Request) {
        let host = request.head.authority ?? ""
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else {
            text = ""
            return
        }
        // The web server decides the scheme (REQUEST_SCHEME, HTTPS): it knows which routers to believe.
        text = (request.head.scheme?.lowercased() == "https" ? "https://" : "http://") + host
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}

/// Lets the scripts of other people's pages read every answer (the Fetch standard's CORS protocol).
///
/// Nothing here depends on who asks, and a browser sends no cookie along where every origin is let in, so that this
/// gives away nothing. Errors are read, too: a script that cannot see a 416 does not know what it did wrong.
///
/// Before a script may send header fields of its own, the browser asks whether that is all right. Such a question is
/// answered with 204 on every address that there is; `OPTIONS` without one is a method like any other, and refused.
struct CrossOrigin<Inner: HTTPResponder>: HTTPResponder {
    let inner: Inner

    func respond(to request: Request, context: Inner.Context) async throws -> Response {
        var response = try await inner.respond(to: request, context: context)
        if isPreflight(request), response.status == .methodNotAllowed {
            response = Response(status: .noContent, headers: Self.permissions)
            response.headers[.contentLength] = nil
        }
        response.headers[.accessControlAllowOrigin] = "*"
        response.headers[.accessControlExposeHeaders] = "ETag, Retry-After, X-Request-ID"
        return response
    }

    private func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers[.accessControlRequestMethod] != nil
    }

    private static var permissions: HTTPFields {
        [
            .allow: "GET, HEAD",
            .accessControlAllowMethods: "GET, HEAD",
            .accessControlAllowHeaders: "Accept, Authorization, If-Modified-Since, If-None-Match, Last-Event-ID",
            // A day: the most that Firefox keeps it.
            .accessControlMaxAge: "86400",
        ]
    }
}
