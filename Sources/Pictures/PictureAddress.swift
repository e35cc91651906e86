import FoundationEssentials

/// A URL to fetch a picture from, in one canonical spelling.
///
/// The URL is parsed and rebuilt, so that the HTTP client connects to the same host that was checked.
struct PictureAddress: Sendable, Equatable {
    /// `http` or `https`.
    let scheme: String
    /// A lower-case name, or an IP address without brackets.
    let host: String
    let port: Int?
    /// The path and the query, encoded.
    private let target: String

    /// - Parameter base: the address that a relative address refers to.
    /// - Throws: ``PictureError/badAddress`` unless it is an `http` or `https` URL with a plain host.
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

    /// The complete URL.
    var url: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")\(target)"
    }

    /// The IP address, if the host is one.
    var literal: IPAddress? { IPAddress(host) }

    /// Whether the port is valid or missing. The HTTP client traps on a port above 65,535. The parser drops a number
    /// that is far too large, and the default port would be used without notice.
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
