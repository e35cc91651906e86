/// The one key that opens a service which is not for everybody.
///
/// However it is printed, only `[redacted]` comes out.
public struct AccessKey: Sendable {
    /// What a key may be, in words.
    public static let allowed = "8 to 256 letters, digits and - . _ ~ + / ="
    private static let lengths = 8...256

    private let bytes: [UInt8]

    /// - Parameter text: the key.
    /// - Returns: nil when it is not what ``allowed`` says: what stands in a `Bearer` field (RFC 6750, section 2.1).
    public init?(_ text: String) {
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
    public var description: String { "[redacted]" }
    /// `[redacted]`.
    public var debugDescription: String { description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
