import Hummingbird

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
