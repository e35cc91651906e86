import HTTPTypes
import Hummingbird

/// Requires the access key, if one is configured.
///
/// `/status`, `/health` and `OPTIONS` requests need no key: browsers send a preflight without credentials (the Fetch
/// standard).
///
/// If a browser opens a page with `?key=`, the response sets a cookie, so that the page's links, pictures and event
/// stream work too.
struct AccessGuard<Inner: HTTPResponder>: HTTPResponder where Inner.Context: RequestContext {
    typealias Context = Inner.Context

    let inner: Inner
    /// `nil` if no key is required.
    let key: AccessKey?

    func respond(to request: Request, context: Context) async throws -> Response {
        guard let key, !isOpen(request) else { return try await inner.respond(to: request, context: context) }
        let credentials = Credentials(request)
        guard credentials.contain(key) else {
            let response = Refusal.unauthorized.response
            return request.method == .head ? response.withoutBody : response
        }
        var response = try await inner.respond(to: request, context: context)
        // Shared caches must not store it.
        response.headers[.cacheControl] = response.headers[.cacheControl]?.replacing("public", with: "private")
        let isPage = AcceptHeader(request.headers[.accept]).prefersHTML
        if isPage, let shown = credentials.query, key.matches(shown) {
            response.headers[.setCookie] = cookie(key, isSecure: request.head.scheme?.lowercased() == "https")
        }
        return response
    }

    private func isOpen(_ request: Request) -> Bool {
        if request.method == .options { return true }
        return ["/status", "/health"].contains(RequestPath(request.uri.path)?.canonical)
    }

    /// A session cookie. Browsers send it when the visitor follows a link from another site, but not when another
    /// site's page makes a request.
    private func cookie(_ key: AccessKey, isSecure: Bool) -> String {
        let secure = isSecure ? "; Secure" : ""
        return "\(Credentials.cookie)=\(key.text); Path=/; HttpOnly; SameSite=Lax\(secure)"
    }
}

/// The access key of the service.
///
/// Printing it in any way shows only `[redacted]`.
package struct AccessKey: Sendable {
    /// Describes the valid keys, for messages.
    package static let allowed = "8 to 256 letters, digits and - . _ ~ + / ="
    private static let lengths = 8...256

    private let bytes: [UInt8]

    /// - Returns: `nil` if the key is not ``allowed``. The characters are those of a `Bearer` field (RFC 6750, section
    ///   2.1).
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard Self.lengths.contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else { return nil }
        self.bytes = bytes
    }

    /// The key itself, for the links and the cookie of a client that has sent it.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether a text is the key.
    ///
    /// The time does not depend on the text or the key: the loop always covers the maximum length.
    func matches(_ candidate: String) -> Bool {
        var candidate = Array(candidate.utf8.prefix(Self.lengths.upperBound + 1))
        var difference = UInt(bitPattern: candidate.count ^ bytes.count)
        var key = bytes
        candidate += repeatElement(0, count: Self.lengths.upperBound + 1 - candidate.count)
        key += repeatElement(0, count: Self.lengths.upperBound + 1 - key.count)
        for index in key.indices { difference |= UInt(candidate[index] ^ key[index]) }
        return difference == 0
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default:
            "-._~+/=".utf8.contains(byte)
        }
    }
}

extension AccessKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    /// Hides the key from `dump`.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The keys in a request: in a header, in the query and in a cookie.
struct Credentials: Sendable {
    /// The name of the query parameter.
    static let parameter = "key"
    /// The name of the cookie.
    static let cookie = "instacrawler_key"

    /// From `Authorization: Bearer KEY`.
    let bearer: String?
    /// From `?key=KEY`.
    let query: String?
    /// From the cookie that ``AccessGuard`` sets.
    let cookie: String?

    init(_ request: Request) {
        bearer = request.headers[.authorization].flatMap(Self.bearer)
        // A key contains no spaces, so a space here was an unescaped `+`.
        query = QueryParameters(request.uri.query)[Self.parameter]?.replacing(" ", with: "+")
        cookie = request.headers[.cookie].flatMap(Self.cookie)
    }

    /// Whether any of them is the key.
    func contain(_ key: AccessKey) -> Bool {
        [bearer, query, cookie].reduce(false) { found, candidate in
            (candidate.map(key.matches) ?? false) || found
        }
    }

    /// Parses the field. The scheme name is case-insensitive (RFC 9110, section 11.1).
    private static func bearer(_ field: String) -> String? {
        let words = field.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1].trimmingSpaces())
    }

    private static func cookie(_ field: String) -> String? {
        for pair in field.split(separator: ";") {
            let parts = pair.trimmingSpaces().split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == Self.cookie { return String(parts[1]) }
        }
        return nil
    }
}

/// Adds the access key to links to this service if the request had it in its query.
///
/// Feed clients and framed pages on other sites keep no cookie. If they use `?key=`, the links in the response must
/// contain the key, or their pictures fail.
struct OwnLinks: Sendable {
    private let suffix: String?

    /// - Parameters:
    ///   - request: links contain its key only if it came with `?key=`. A client that sends a header sends it with
    ///     every request, and addresses are easily shared.
    ///   - key: the key of the service.
    init(_ request: Request, _ key: AccessKey?) {
        guard let key, let shown = Credentials(request).query, key.matches(shown) else {
            suffix = nil
            return
        }
        suffix = "\(Credentials.parameter)=\(key.text.percentEncoded)"
    }

    /// Whether links contain the key. Content with these links must not be cached for other clients.
    var carryKey: Bool { suffix != nil }

    /// Returns the link to an address of this service, with or without an origin and a query.
    func address(_ address: String) -> String {
        guard let suffix else { return address }
        return "\(address)\(address.contains("?") ? "&" : "?")\(suffix)"
    }
}
