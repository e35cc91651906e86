import HTTPTypes
import Hummingbird
import Posts

/// The path of a request, percent-decoded once and split into segments.
///
/// It refuses everything that two programs could interpret differently: invalid escapes, invalid UTF-8, NUL, empty
/// segments and dot segments.
struct RequestPath: Sendable, Equatable {
    /// The decoded segments; empty for `/`.
    let segments: [String]

    /// - Parameter encoded: the path as received, without the query.
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

    /// The canonical spelling of this path: `/%73tatus` and `/status` both become `/status`.
    var canonical: String {
        "/" + segments.map(\.percentEncoded).joined(separator: "/")
    }

    /// The canonical address of the resource: `/tags/%23B+a+a/latest/007` becomes `/tags/a+b/latest/7`.
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

    /// Whether the path has the form of a picture's address.
    var isOfPicture: Bool {
        segments.first == "media" || segments.last == "image" && ["latest", "tags"].contains(segments.first)
    }

    /// Normalizes hashtags joined by `+`, as ``PostQuery/prefix`` does. If any part is not a hashtag, the segment stays
    /// as it is.
    private static func names(_ segment: String) -> String {
        let names = segment.unicodeScalars.split(separator: "+", omittingEmptySubsequences: false)
        let hashtags = names.prefix(100).compactMap { try? Hashtag(String($0)) }
        guard hashtags.count == names.count else { return segment.percentEncoded }
        return PostQuery(hashtags).hashtags.map { $0.name.percentEncoded }.joined(separator: "+")
    }
}

/// The scheme and host under which the client sees the service, for absolute addresses.
struct RequestOrigin: Sendable, Equatable {
    /// For example `https://example.com`; empty if the request has no valid host.
    let text: String

    init(_ request: Request) {
        let host = request.head.authority ?? ""
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else {
            text = ""
            return
        }
        // The web server decides the scheme (REQUEST_SCHEME, HTTPS): it knows which proxies to trust.
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

/// Lets scripts of other sites read every response (the Fetch standard's CORS protocol).
///
/// This reveals nothing private: responses do not depend on the client, and if every origin is allowed, browsers hide
/// responses to requests with cookies. Scripts can read errors too, for example to explain a 416.
///
/// Before a script sends custom header fields, the browser sends a preflight. Every existing address responds to it
/// with 204. Any other `OPTIONS` request is refused like an unknown method.
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
            // One day, the maximum of Firefox.
            .accessControlMaxAge: "86400",
        ]
    }
}
