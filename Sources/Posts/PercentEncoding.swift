/// Percent-encoding (RFC 3986, section 2.1).
extension StringProtocol {
    /// The text as one path segment or one query value: every byte but the unreserved ones (section 2.3) becomes `%XX`.
    package var percentEncoded: String {
        if utf8.allSatisfy(\.isUnreserved) { return String(self) }
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in utf8 {
            result += byte.isUnreserved ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The text with each `%XX` decoded; any other `%` stays.
    package var percentDecoded: String { String(decoding: decodePercent().bytes, as: UTF8.self) }

    /// The text with each `%XX` decoded.
    ///
    /// - Returns: `nil` if there is another `%`, or the bytes are not UTF-8.
    package func validPercentDecoded() -> String? {
        let (bytes, isValid) = decodePercent()
        return isValid ? String(validating: bytes, as: UTF8.self) : nil
    }

    /// Returns the bytes with each `%XX` decoded, and whether there is no other `%`.
    private func decodePercent() -> (bytes: [UInt8], isValid: Bool) {
        var (result, isValid, rest) = ([UInt8](), true, Array(utf8)[...])
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                result.append(byte)
            } else if let value = UInt32(hexadecimal: rest.prefix(2), count: 2) {
                result.append(UInt8(truncatingIfNeeded: value))
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
                isValid = false
            }
        }
        return (result, isValid)
    }
}

extension UInt8 {
    fileprivate var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension UInt32 {
    /// Parses exactly `count` hexadecimal digits, at most eight; `nil` for anything else.
    package init?(hexadecimal digits: some Collection<UInt8>, count: Int) {
        guard digits.count == count, count <= 8 else { return nil }
        var value: UInt32 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt32(digit - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(digit - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(digit - 0x57)
            default: return nil
            }
        }
        self = value
    }
}
