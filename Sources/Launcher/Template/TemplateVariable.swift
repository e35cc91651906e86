/// A variable of a ``Template`` and its value.
public struct TemplateVariable: Sendable, Equatable {
    /// What a value may be.
    public enum Kind: Sendable, Equatable {
        /// A TCP port, 1 to 65,535.
        case port
        /// An IPv4 address, an IPv6 address in brackets, or `*`.
        case host
        /// The name or the IP address of a host to connect to; an IPv6 address in brackets.
        case peer
        /// An absolute path without white space or the characters that nginx gives a meaning.
        case path
        /// A rate of requests as nginx writes it: `50r/s` or `600r/m`.
        case rate
        /// Digits, at most 9.
        case number
    }

    /// The name, as it stands between `${` and `}`.
    public let name: String
    let value: String?
    let kind: Kind

    /// - Parameters:
    ///   - name: upper-case letters, digits and `_`.
    ///   - value: nil when it is not set; using it in a template is an error then.
    ///   - kind: what is allowed.
    public init(_ name: String, _ value: String?, _ kind: Kind) {
        self.name = name
        self.value = value
        self.kind = kind
    }

    /// The value, if it is one of its kind.
    func checked(for place: TemplateError.Place) throws(TemplateError) -> String {
        guard let value, !value.isEmpty else { throw .unset(name, place) }
        guard isAllowed(value) else { throw .refused(name, value: value, allowed: allowed, place) }
        return value
    }

    private func isAllowed(_ value: String) -> Bool {
        switch kind {
        case .port:
            value.utf8.allSatisfy { (0x30...0x39).contains($0) } && (1...65_535).contains(Int(value) ?? 0)
        case .host:
            value == "*" || value.utf8.allSatisfy { "0123456789abcdefABCDEF.:[]".utf8.contains($0) }
        case .peer:
            value.utf8.first != UInt8(ascii: "-") && value.utf8.allSatisfy { Self.isPartOfName($0) }
        case .path:
            value.hasPrefix("/") && value.utf8.allSatisfy { Self.isPlain($0) }
        case .rate:
            (value.hasSuffix("r/s") || value.hasSuffix("r/m")) && Self.isNumber(value.dropLast(3))
        case .number:
            Self.isNumber(value[...])
        }
    }

    private static func isNumber(_ text: Substring) -> Bool {
        (1...9).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Letters, digits, and what else stands in the name or the address of a host.
    private static func isPartOfName(_ byte: UInt8) -> Bool {
        byte < 0x80 && (isPlain(byte) && !"/@=+,".utf8.contains(byte) || "[]".utf8.contains(byte))
    }

    /// Letters, digits, bytes above ASCII, and punctuation that means nothing to nginx or to glob patterns.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xFF:
            true
        default:
            "/._-+@=,:".utf8.contains(byte)
        }
    }

    private var allowed: String {
        switch kind {
        case .port: "a port, 1 to 65535"
        case .host: "an IP address (IPv6 in brackets) or *"
        case .peer: "the name or the IP address (IPv6 in brackets) of a host"
        case .path: "an absolute path of letters, digits and / . _ - + @ = , :"
        case .rate: "requests a second or a minute, such as 50r/s or 600r/m"
        case .number: "a whole number"
        }
    }
}
