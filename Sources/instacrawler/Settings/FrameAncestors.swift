/// Who may frame the embeds, as a person writes it.
enum FrameAncestors {
    /// The sources of the directive `frame-ancestors` (CSP Level 3, section 6.4.2).
    ///
    /// - Returns: nil for what is not allowed; nothing that is could end the directive or the header field.
    static func parse(_ text: String) -> String? {
        // It stands in the head of every response, for which web servers have a few KiB.
        guard text.utf8.count <= 2_048 else { return nil }
        switch text {
        case "*": return "*"
        case "none", "'none'": return "'none'"
        default: break
        }
        let sources = text.split(separator: " ").map { source in
            source == "self" || source == "'self'" ? "'self'" : isOrigin(source) ? String(source) : nil
        }
        guard !sources.isEmpty, sources.allSatisfy({ $0 != nil }) else { return nil }
        return sources.compactMap(\.self).joined(separator: " ")
    }

    /// `https://example.com`, with a port or with `*.` before the host.
    private static func isOrigin(_ text: Substring) -> Bool {
        guard let host = ["https://", "http://"].first(where: text.hasPrefix).map({ text.dropFirst($0.count) }) else {
            return false
        }
        let name = host.hasPrefix("*.") ? host.dropFirst(2) : host
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, !first.isEmpty, parts.count <= 2,
            first.utf8.allSatisfy({ isHostByte($0) })
        else { return false }
        return parts.count == 1 || Parse.port(String(parts[1])) != nil
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
