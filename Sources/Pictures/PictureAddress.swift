import FoundationEssentials

/// An address that a picture can be fetched from, in one spelling only.
///
/// It is taken apart and put together again, so that the client which connects cannot read a
/// different host out of it than the one that was checked.
struct PictureAddress: Sendable, Equatable {
    /// `http` or `https`.
    let scheme: String
    /// A name in lower case, or an address of the Internet Protocol without brackets.
    let host: String
    let port: Int?
    /// The path and the query, encoded.
    private let target: String

    /// - Parameter base: what a relative address is relative to.
    /// - Throws: ``PictureError/badAddress`` for everything but `http` and `https` with a plain host.
    init(_ text: String, relativeTo base: PictureAddress? = nil) throws(PictureError) {
        let base = base.flatMap { URL(string: $0.url) }
        guard let url = URL(string: text, relativeTo: base)?.absoluteURL,
            let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https",
            url.user == nil, url.password == nil,
            let host = url.host.map(Self.withoutBrackets), Self.isPlain(host),
            Self.hasUsablePort(url)
        else { throw .badAddress }
        self.scheme = scheme
        self.host = host
        port = url.port
        let path = url.path(percentEncoded: true)
        target = (path.isEmpty ? "/" : path) + (url.query(percentEncoded: true).map { "?\($0)" } ?? "")
    }

    /// The whole address.
    var url: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")\(target)"
    }

    /// The address of the Internet Protocol that the host is written as, if it is.
    var literal: IPAddress? { IPAddress(host) }

    /// Whether the port is one, or left out. A client traps on a larger number, and a number that is far too large is no
    /// port to the parser, but would silently mean another one.
    private static func hasUsablePort(_ url: URL) -> Bool {
        if let port = url.port { return (1...65_535).contains(port) }
        let text = url.absoluteString
        let authority = text[(text.firstRange(of: "://")?.upperBound ?? text.endIndex)...].prefix {
            !"/?#".contains($0)
        }
        let port = authority.drop { $0 != "]" }.isEmpty ? authority : authority.drop { $0 != "]" }
        return port.firstIndex(of: ":").map { port[$0...].count == 1 } ?? true
    }

    private static func withoutBrackets(_ host: String) -> String {
        let host = host.lowercased()
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    private static func isPlain(_ host: String) -> Bool {
        if host.contains(":") { return !host.contains("%") && IPAddress(host) != nil }
        return !host.isEmpty
            && host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
