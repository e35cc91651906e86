/// Checks addresses from upstream services.
package enum WebAddress {
    /// The longest allowed address, in bytes. Addresses of pictures have about 500.
    static let longest = 4096

    /// - Returns: the address unchanged if it is an absolute `http` or `https` one with a host and, optionally, a port
    ///   from 1 to 65,535; `nil` otherwise. A user name, blanks, control characters, backslashes (which parsers treat
    ///   differently) and endless combining marks are not allowed. Libraries trap on other ports.
    package static func checked(_ text: String?, longest: Int = longest) -> String? {
        guard let text, text.utf8.count <= longest else { return nil }
        // Compare characters: a mark right after the slashes is part of the last one, and no host begins with a mark.
        let lowercase = text.prefix(8).lowercased()
        let scheme = ["http://", "https://"].first { lowercase.hasPrefix($0) }
        guard let scheme, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x5C }) else { return nil }
        let isBounded =
            text.utf8.allSatisfy { $0 < 0x80 }
            || text.bounded(scalars: longest, bytes: longest).utf8.count == text.utf8.count
        guard isBounded else { return nil }
        let authority = text.utf8.dropFirst(scheme.utf8.count).prefix { !"/?#".utf8.contains($0) }
        return isAuthority(Array(authority)) ? text : nil
    }

    /// Whether it is a host or a bracketed IPv6 address, with an optional port.
    private static func isAuthority(_ authority: [UInt8]) -> Bool {
        guard !authority.contains(UInt8(ascii: "@")) else { return false }
        var port = authority[...]
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")), end > 2 else { return false }
            let isAddress = authority[1..<end].allSatisfy {
                Character(Unicode.Scalar($0)).isHexDigit || ":.".utf8.contains($0)
            }
            guard isAddress else { return false }
            port = authority[(end + 1)...]
        } else {
            port = authority.drop { $0 != UInt8(ascii: ":") }
            guard port.startIndex > 0, !authority.contains(where: "[]".utf8.contains) else { return false }
        }
        guard let colon = port.first else { return true }
        let digits = port.dropFirst()
        guard colon == UInt8(ascii: ":"), (1...5).contains(digits.count),
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        return (1...65_535).contains(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }
}
