/// An address that is safe in a link: `http` or `https`, never `javascript:`.
struct WebLink: Sendable, Equatable {
    /// The address with all invalid bytes escaped (RFC 3986, section 2), as browsers do: feed clients refuse invalid
    /// addresses.
    let address: String

    /// Returns `nil` for any other scheme and for `nil`.
    init?(_ address: String?) {
        guard let address else { return nil }
        let scheme = address.prefix(8).lowercased()
        guard scheme.hasPrefix("https://") || scheme.hasPrefix("http://") else { return nil }
        self.address = Self.escaped(address)
    }

    private static func escaped(_ address: String) -> String {
        let bytes = Array(address.utf8)
        let fragment = bytes.firstIndex(of: UInt8(ascii: "#"))
        if bytes.allSatisfy(isAllowed) && fragment == bytes.lastIndex(of: UInt8(ascii: "#")) { return address }
        // Only a host may contain brackets, around an IPv6 address.
        let host = (bytes.firstIndex(of: UInt8(ascii: ":")) ?? 0) + 3
        let hostEnd = bytes.indices.dropFirst(host).first { "/?#".utf8.contains(bytes[$0]) } ?? bytes.endIndex
        var escaped = ""
        for (index, byte) in bytes.enumerated() {
            let isEscape =
                byte == UInt8(ascii: "%") && bytes.count > index + 2
                && bytes[index + 1...index + 2].allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
            let isBracket = index < hostEnd && "[]".utf8.contains(byte)
            let isSecondHash = byte == UInt8(ascii: "#") && index != fragment
            if isAllowed(byte) && !isSecondHash || isEscape || isBracket {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                escaped += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return escaped
    }

    /// Whether a byte is allowed anywhere in an address without escaping.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "%"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
            UInt8(ascii: "\\"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"),
            UInt8(ascii: "|"), UInt8(ascii: "}"):
            false
        case 0x21..<0x7F: true
        default: false
        }
    }
}
