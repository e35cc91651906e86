import HTTPTypes
import Hummingbird

/// Lets only those in who know the key.
///
/// `/status` and `/health` are for everybody, and so is the question what other methods an address has, which browsers
/// ask without credentials before they send them (the Fetch standard's preflight).
///
/// A browser that opens a page with `?key=` gets a cookie, so that the links, the pictures and the event stream of the
/// page are let in as well.
struct AccessGuard<Inner: HTTPResponder>: HTTPResponder where Inner.Context: RequestContext {
    typealias Context = Inner.Context

    let inner: Inner
    /// Nil lets everybody in.
    let key: AccessKey?

    func respond(to request: Request, context: Context) async throws -> Response {
        guard let key, !isOpen(request) else { return try await inner.respond(to: request, context: context) }
        let credentials = Credentials(request)
        guard credentials.contain(key) else {
            let response = Refusal.unauthorized.response
            return request.method == .head ? response.withoutBody : response
        }
        var response = try await inner.respond(to: request, context: context)
        // No cache that others use may keep it.
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

    /// It ends with the browser's session. Pages of other sites cannot send it along, but a link there can lead here.
    private func cookie(_ key: AccessKey, isSecure: Bool) -> String {
        let secure = isSecure ? "; Secure" : ""
        return "\(Credentials.cookie)=\(key.text); Path=/; HttpOnly; SameSite=Lax\(secure)"
    }
}

/// The one key that opens a service which is not for everybody.
///
/// However it is printed, only `[redacted]` comes out.
package struct AccessKey: Sendable {
    /// What a key may be, in words.
    package static let allowed = "8 to 256 letters, digits and - . _ ~ + / ="
    private static let lengths = 8...256

    private let bytes: [UInt8]

    /// - Parameter text: the key.
    /// - Returns: nil when it is not what ``allowed`` says: what stands in a `Bearer` field (RFC 6750, section 2.1).
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard Self.lengths.contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else { return nil }
        self.bytes = bytes
    }

    /// The key itself, for the links and the cookie of a reader who has shown that he knows it.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether a text is the key.
    ///
    /// It takes the same time whatever the text and the key are: always as many steps as the longest key has bytes.
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
    /// `[redacted]`.
    package var description: String { "[redacted]" }
    /// `[redacted]`.
    package var debugDescription: String { description }
    /// Shows nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The keys that a request shows, in the three places where one may stand.
struct Credentials: Sendable {
    /// The name of the parameter.
    static let parameter = "key"
    /// The name of the cookie.
    static let cookie = "instacrawler_key"

    /// Of `Authorization: Bearer KEY`.
    let bearer: String?
    /// Of `?key=KEY`.
    let query: String?
    /// Of the cookie that ``AccessGuard`` sets.
    let cookie: String?

    init(_ request: Request) {
        bearer = request.headers[.authorization].flatMap(Self.bearer)
        // A key holds no space, so a + that was not escaped is meant as one.
        query = QueryParameters(request.uri.query)[Self.parameter]?.replacing(" ", with: "+")
        cookie = request.headers[.cookie].flatMap(Self.cookie)
    }

    /// Whether any of them is the key.
    func contain(_ key: AccessKey) -> Bool {
        [bearer, query, cookie].reduce(false) { found, candidate in
            (candidate.map(key.matches) ?? false) || found
        }
    }

    /// The name of the scheme is written in any case (RFC 9110, section 11.1).
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

/// Writes links to this service that lead in where the request itself was let in.
///
/// Feed readers and pages inside other people's pages keep no cookie. What they ask for with `?key=` must have the
/// key in its links, or the pictures in it cannot be had.
struct OwnLinks: Sendable {
    private let suffix: String?

    /// - Parameters:
    ///   - request: carries its key on when it came with `?key=`, and only then: who sends a header sends it with
    ///     every request, and an address is easily passed on.
    ///   - key: of the service.
    init(_ request: Request, _ key: AccessKey?) {
        guard let key, let shown = Credentials(request).query, key.matches(shown) else {
            suffix = nil
            return
        }
        suffix = "\(Credentials.parameter)=\(key.text.percentEncoded)"
    }

    /// Whether links differ from those of other requests. What is made with them must not be kept for others then.
    var carryKey: Bool { suffix != nil }

    /// A link to an address of this service, with or without its origin and a query.
    func address(_ address: String) -> String {
        guard let suffix else { return address }
        return "\(address)\(address.contains("?") ? "&" : "?")\(suffix)"
    }
}
