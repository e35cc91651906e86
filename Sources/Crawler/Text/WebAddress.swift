/// Addresses that upstream services hand out.
enum WebAddress {
    /// The longest address that is kept, in bytes. Those of picture networks have some 500.
    static let longest = 4096

    /// - Returns: the address unchanged if it is an absolute `http` or `https` one with a host,
    ///   without a user name, blanks, control characters and backslashes, which readers of
    ///   addresses take differently; nil for everything else.
    static func checked(_ text: String?) -> String? {
        guard let text, text.utf8.count <= longest else { return nil }
        let lowercase = text.prefix(8).lowercased()
        let scheme = ["http://", "https://"].first { lowercase.hasPrefix($0) }
        guard let scheme, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x5C }) else { return nil }
        let authority = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        guard let first = authority.first, first != ":", !authority.contains("@") else { return nil }
        return text
    }
}
