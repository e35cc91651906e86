import Posts

/// An IP address.
package enum IPAddress: Sendable, Hashable {
    /// IPv4, most significant byte first.
    case v4(UInt32)
    /// IPv6, as the first and the last eight bytes.
    case v6(UInt64, UInt64)

    /// Parses `192.0.2.1` or `2001:db8::1` (RFC 4291, section 2.2), with or without a zone. The shortened and octal
    /// forms of IPv4, which resolvers accept, are rejected.
    package init?(_ text: some StringProtocol) {
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
            // Some programs read a leading zero as octal.
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

    /// Parses groups of up to four hexadecimal digits; the last two groups may be written as IPv4.
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
    /// The address in a form that every resolver accepts.
    package var description: String {
        switch self {
        case .v4(let address):
            [24, 16, 8, 0].map { String(address >> $0 & 0xFF) }.joined(separator: ".")
        case .v6(let high, let low):
            [high, low].flatMap { half in [48, 32, 16, 0].map { String(half >> $0 & 0xFFFF, radix: 16) } }
                .joined(separator: ":")
        }
    }
}

extension IPAddress {
    /// Whether it is a loopback address.
    package var isLoopback: Bool {
        switch self {
        case .v4(let address): address >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }

    /// Whether the address is on the public internet and does not represent another address.
    ///
    /// Follows the registries of special-purpose addresses (RFC 6890 and its updates). In IPv6, only the global
    /// unicast block counts, without its parts that embed an IPv4 address or are reserved. Mapped (`::ffff:0:0/96`),
    /// translated (`64:ff9b::/96`, `64:ff9b:1::/48`), unique local (`fc00::/7`), link-local and multicast addresses
    /// are outside of that block.
    package var isPublic: Bool {
        switch self {
        case .v4(let address):
            !Self.specialV4.contains { block in address >> (32 - block.length) == block.prefix >> (32 - block.length) }
        case .v6(let high, _):
            high >> 61 == 0b001
                && !Self.specialV6.contains { block in
                    high >> (64 - block.length) == block.prefix >> (64 - block.length)
                }
        }
    }

    private static let specialV4: [(prefix: UInt32, length: UInt32)] = [
        (0x0000_0000, 8),  // 0.0.0.0/8: this network and the unspecified address
        (0x0A00_0000, 8),  // 10.0.0.0/8: private
        (0x6440_0000, 10),  // 100.64.0.0/10: carrier-grade NAT
        (0x7F00_0000, 8),  // 127.0.0.0/8: loopback
        (0xA9FE_0000, 16),  // 169.254.0.0/16: link-local, including cloud metadata services
        (0xAC10_0000, 12),  // 172.16.0.0/12: private
        (0xC000_0000, 24),  // 192.0.0.0/24: protocol assignments
        (0xC000_0200, 24),  // 192.0.2.0/24: documentation
        (0xC058_6300, 24),  // 192.88.99.0/24: 6to4 relays
        (0xC0A8_0000, 16),  // 192.168.0.0/16: private
        (0xC612_0000, 15),  // 198.18.0.0/15: benchmarks
        (0xC633_6400, 24),  // 198.51.100.0/24: documentation
        (0xCB00_7100, 24),  // 203.0.113.0/24: documentation
        (0xE000_0000, 4),  // 224.0.0.0/4: multicast
        (0xF000_0000, 4),  // 240.0.0.0/4: reserved and broadcast
    ]

    private static let specialV6: [(prefix: UInt64, length: UInt64)] = [
        (0x2001_0000_0000_0000, 23),  // 2001::/23: protocol assignments, including Teredo
        (0x2001_0DB8_0000_0000, 32),  // 2001:db8::/32: documentation
        (0x2002_0000_0000_0000, 16),  // 2002::/16: 6to4, with an embedded IPv4 address
        (0x3FFF_0000_0000_0000, 20),  // 3fff::/20: documentation
    ]
}
