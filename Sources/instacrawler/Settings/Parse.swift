/// Readers of single values; nil means that a value is not allowed.
enum Parse {
    static func port(_ text: String) -> Int? { number(text, in: 1...65_535) }

    static let allowedRate = "off, or requests a second or a minute, 1 to 1000000, such as 50r/s or 600r/m"

    /// `off` is a rate that nobody reaches.
    static func rate(_ text: String) -> String? {
        if text == "off" { return "1000000r/s" }
        for unit in ["r/s", "r/m"] where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.count)
            guard number(String(digits), in: 1...1_000_000) != nil else { return nil }
            return text
        }
        return nil
    }

    /// A whole number, written with digits alone.
    static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { return nil }
        return range.contains(number) ? number : nil
    }

    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    static func host(_ text: String) -> String? {
        text == "*" || text.utf8.allSatisfy { "0123456789abcdefABCDEF.:[]".utf8.contains($0) } ? text : nil
    }

    static func peer(_ text: String) -> String? {
        let isAllowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: ".-_:[]".utf8.contains(byte)
            }
        }
        return isAllowed && !text.isEmpty && !text.hasPrefix("-") ? text : nil
    }

    /// `90s`, `5m`, `2h`, `3d`, `500ms`, and several in a row, as in `1h30m`.
    static func duration(_ text: String) -> Duration? {
        var total = Duration.zero
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard digits.count <= 9, let number = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "ms": total += .milliseconds(number)
            case "s": total += .seconds(number)
            case "m": total += .seconds(number * 60)
            case "h": total += .seconds(number * 3_600)
            case "d": total += .seconds(number * 86_400)
            default: return nil
            }
        }
        return total
    }

    /// An absolute path that can stand in a web server's configuration.
    static func path(_ text: String) -> String? {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7F && !"\"'`;{}$#*?[]\\<>|&()".unicodeScalars.contains(scalar)
        }
        return text.isEmpty || !isPlain ? nil : Paths.absolute(text)
    }

    /// An http or https address with a host, without user, query or fragment; a slash at the end is dropped.
    static func address(_ text: String) -> String? {
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), host(ofAddress: text)?.isEmpty == false,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"?#@\"<>\\".utf8.contains($0) })
        else { return nil }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// Whether an address is on this machine.
    static func isLoopback(_ address: String) -> Bool {
        guard let host = host(ofAddress: address) else { return false }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4Loopback = octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
        return isIPv4Loopback || host == "localhost" || host == "[::1]"
    }

    private static func host(ofAddress address: String) -> String? {
        guard let start = address.firstRange(of: "://") else { return nil }
        let authority = address[start.upperBound...].prefix { $0 != "/" }
        guard let colon = authority.lastIndex(of: ":"), authority[colon...].allSatisfy({ $0 == ":" || $0.isNumber })
        else { return String(authority) }
        return String(authority[..<colon])
    }
}
