/// An address of the Internet Protocol, as text in its usual spellings.
public enum IPAddress: Sendable, Hashable {
    /// Version 4, most significant byte first.
    case v4(UInt32)
    /// Version 6, the first and the last eight bytes.
    case v6(UInt64, UInt64)

    /// Reads `192.0.2.1` or `2001:db8::1` (RFC 4291, section 2.2), with or without a zone. The
    /// shortened and octal forms of version 4 that resolvers take for an address are not read.
    public init?(_ text: some StringProtocol) {
        if let address = Self.version4(String(text)) {
            self = .v4(address)
        } else if let groups = Self.version6(String(text)) {
            let halves = [groups.prefix(4), groups.suffix(4)].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
            self = .v6(halves[0], halves[1])
        } else {
            return nil
        }
    }

    private static func version4(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            // A leading zero would mean octal to some.
            guard part.count <= 3, part == "0" || part.first != "0", let number = DecimalNumber(part)?.value,
                number <= 255
            else { return nil }
            address = address << 8 | UInt32(number)
        }
        return address
    }

    private static func version6(_ text: String) -> [UInt16]? {
        let address = text.prefix { $0 != "%" }
        let gap = address.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        switch gap.count {
        case 1:
            guard let groups = groups(gap[0]), groups.count == 8 else { return nil }
            return groups
        case 2:
            guard let head = gap[0].isEmpty ? [] : groups(gap[0]), let tail = gap[1].isEmpty ? [] : groups(gap[1]),
                head.count + tail.count < 8
            else { return nil }
            return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
        default:
            return nil
        }
    }

    /// Groups of up to four hexadecimal digits; the last two may be written as version 4.
    private static func groups(_ text: Substring) -> [UInt16]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains("."), let v4 = version4(String(part)) {
                groups += [UInt16(truncatingIfNeeded: v4 >> 16), UInt16(truncatingIfNeeded: v4)]
            } else {
                guard (1...4).contains(part.utf8.count), part.allSatisfy({ $0.isASCII && $0.isHexDigit }),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }
}

extension IPAddress: CustomStringConvertible {
    /// A spelling that every resolver reads.
    public var description: String {
        switch self {
        case .v4(let address):
            [24, 16, 8, 0].map { String(address >> $0 & 0xFF) }.joined(separator: ".")
        case .v6(let high, let low):
            [high, low].flatMap { half in [48, 32, 16, 0].map { String(half >> $0 & 0xFFFF, radix: 16) } }
                .joined(separator: ":")
        }
    }
}
