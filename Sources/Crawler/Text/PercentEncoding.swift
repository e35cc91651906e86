extension StringProtocol {
    /// This text as a value of a query: every byte but RFC 3986's unreserved ones (section 2.3)
    /// becomes `%XX`.
    var percentEncoded: String {
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
}

extension String {
    /// The text with each `%XX` replaced by the byte it stands for; any other `%` stays.
    var percentDecoded: String {
        var result: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            if byte == UInt8(ascii: "%"), let decoded = UInt8(hexadecimal: rest.prefix(2)) {
                result.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension UInt8 {
    /// The byte that two hexadecimal digits stand for; nil for anything else.
    fileprivate init?(hexadecimal digits: ArraySlice<UInt8>) {
        guard let value = UInt32(hexadecimal: digits, count: 2) else { return nil }
        self.init(truncatingIfNeeded: value)
    }
}

extension UInt32 {
    /// The number that exactly so many hexadecimal digits stand for, eight at most; nil for anything else.
    init?(hexadecimal digits: some Collection<UInt8>, count: Int) {
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
