/// Percent-encoding (RFC 3986, section 2.1).
extension StringProtocol {
    /// The text as one path segment or one query value: every byte but the unreserved ones (section 2.3) becomes `%XX`.
    package var percentEncoded: String {
        var result = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += byte < 16 ? "%0" : "%"
                result += String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// The text with each `%XX` decoded; any other `%` stays.
    package var percentDecoded: String {
        var (result, rest) = ([UInt8](), Array(utf8)[...])
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt32(hexadecimal: rest.prefix(2), count: 2) {
                result.append(UInt8(truncatingIfNeeded: value))
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The text with each `%XX` decoded.
    ///
    /// - Returns: `nil` if there is another `%`, or the bytes are not UTF-8.
    package func validPercentDecoded() -> String? {
        var (result, rest) = ([UInt8](), Array(utf8)[...])
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard let value = UInt32(hexadecimal: rest.prefix(2), count: 2) else { return nil }
            result.append(UInt8(truncatingIfNeeded: value))
            rest = rest.dropFirst(2)
        }
        return String(validating: result, as: UTF8.self)
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
