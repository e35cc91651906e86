/// A strong entity tag (RFC 9110, section 8.8.3): 64 bits of FNV-1a over what it stands for, the
/// same in every process.
struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    private let hash: UInt64

    init(of bytes: some Sequence<UInt8>) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        self.hash = hash
    }

    /// Sixteen hexadecimal digits.
    var digits: String {
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }

    /// As it is written in a header field.
    var description: String { "\"\(digits)\"" }

    /// Whether an `If-None-Match` names it, by the weak comparison that the field asks for
    /// (RFC 9110, section 13.1.2): a proxy that compresses turns a strong tag into a weak one.
    ///
    /// - Returns: the tag as the field writes it, weak or strong; nil when it does not name it.
    func form(in ifNoneMatch: String) -> String? {
        let own = description
        // By scalars: as a character, a comma could be one with what follows it.
        for element in ifNoneMatch.unicodeScalars.split(separator: ",") {
            let element = Substring(element).trimmingSpaces()
            if element == "*" { return own }
            if (element.hasPrefix("W/") ? element.dropFirst(2) : element) == own { return String(element) }
        }
        return nil
    }
}
