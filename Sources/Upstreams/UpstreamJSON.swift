import FoundationEssentials
import Posts

/// Decodes the JSON of upstream services: within limits, and with repairs, so that a defect costs one character.
enum UpstreamJSON {
    /// The limits besides the size in bytes.
    struct Limits: Sendable {
        /// The deepest nesting of objects and lists. Services use at most 8 levels.
        var depth = 32
        /// The largest number of values. 50 posts of Instagram with 50 children each have 12,500; 40 complete statuses
        /// of Mastodon have about 20,000.
        var values = 40_000
    }

    struct TooLarge: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameter bytes: JSON in UTF-8.
    /// - Throws: ``TooLarge`` beyond the limits, or `DecodingError`.
    static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8], limits: Limits = Limits()
    ) throws -> Value {
        var reader = JSONRepair(bytes: bytes, limits: limits)
        return try JSONDecoder().decode(type, from: Data(try reader.repaired()))
    }

    /// Decodes the body of a response.
    static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, body: [UInt8]
    ) throws(SourceError) -> Value {
        do {
            return try decode(type, from: body)
        } catch let error as TooLarge {
            throw .unusableResponse("\(error) (\(body.count) bytes)")
        } catch {
            throw .unusableResponse("it is not the JSON that is documented (\(body.count) bytes)")
        }
    }
}

/// Counts the values of JSON and repairs its strings, in one pass.
///
/// - `\'` and other escapes that JSON does not have become the character, `\x41` the one with this number;
/// - line breaks and tabs are escaped, and other control characters become U+FFFD;
/// - bytes that are not UTF-8, and halves of surrogate pairs, become U+FFFD;
/// - numbers of more than 100 digits become `null`; names of members that are long, not ASCII or had to be repaired become
///   empty: comparing them may take long, and no service has such.
struct JSONRepair {
    private static let longestNumber = 100
    private static let longestName = 200
    private static let replacement: [UInt8] = Array("\u{FFFD}".utf8)

    private let bytes: [UInt8]
    private let limits: UpstreamJSON.Limits
    private var position = 0
    /// The output up to `copied`; `nil` if nothing was replaced so far.
    private var output: [UInt8]?
    private var copied = 0

    init(bytes: [UInt8], limits: UpstreamJSON.Limits = UpstreamJSON.Limits()) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The repaired JSON.
    mutating func repaired() throws(UpstreamJSON.TooLarge) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { replace(0..<3, with: []) }
        var (depth, values) = (0, 1)
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                takeString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
                // There is one value more than commas, unless the list is empty.
                skipSpaces()
                if position < bytes.count, bytes[position] != UInt8(ascii: "}"), bytes[position] != UInt8(ascii: "]") {
                    values += 1
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ","):
                values += 1
                position += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                takeNumber()
            default:
                position += 1
            }
            if depth > limits.depth { throw .init(description: "it is nested more than \(limits.depth) deep") }
            if values > limits.values { throw .init(description: "it has more than \(limits.values) values") }
        }
        guard var output else { return bytes }
        output += bytes[copied...]
        return output
    }

    private mutating func skipSpaces() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func replace(_ range: Range<Int>, with text: some Sequence<UInt8>) {
        if output == nil {
            output = []
            output?.reserveCapacity(bytes.count)
        }
        output?.append(contentsOf: bytes[copied..<range.lowerBound])
        output?.append(contentsOf: text)
        copied = range.upperBound
        position = range.upperBound
    }

    private mutating func takeNumber() {
        let start = position
        while position < bytes.count, isNumberPart(bytes[position]) { position += 1 }
        if position - start > Self.longestNumber { replace(start..<position, with: "null".utf8) }
    }

    private func isNumberPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func takeString() {
        let start = position
        let (outputBefore, copiedBefore) = (output?.count, copied)
        var isASCII = true
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            switch bytes[position] {
            case UInt8(ascii: "\\"): takeEscape()
            case ..<0x20: takeControl()
            case 0x80...:
                isASCII = false
                takeMultibyte()
            default: position += 1
            }
        }
        let end = position
        position = min(bytes.count, end + 1)
        guard !isASCII || copied > copiedBefore || end - start > Self.longestName, isNameNow() else { return }
        // Drop replacements inside the name too.
        if let outputBefore { output?.removeSubrange(outputBefore...) } else { output = nil }
        copied = copiedBefore
        replace(start + 1..<end, with: [])
        position = min(bytes.count, end + 1)
    }

    /// Whether a colon follows: then the string was the name of a member.
    private func isNameNow() -> Bool {
        var next = position
        while next < bytes.count, bytes[next] == 0x20 || (0x09...0x0D).contains(bytes[next]) { next += 1 }
        return next < bytes.count && bytes[next] == UInt8(ascii: ":")
    }

    private mutating func takeControl() {
        switch bytes[position] {
        case 0x09: replace(position..<position + 1, with: "\\t".utf8)
        case 0x0A: replace(position..<position + 1, with: "\\n".utf8)
        case 0x0D: replace(position..<position + 1, with: "\\r".utf8)
        default: replace(position..<position + 1, with: Self.replacement)
        }
    }

    private mutating func takeEscape() {
        let start = position
        guard start + 1 < bytes.count else { return position += 1 }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            takeUnicodeEscape()
        case UInt8(ascii: "x"):
            guard UInt32(hexadecimal: bytes[(start + 2)...].prefix(2), count: 2) != nil else { fallthrough }
            replace(start..<start + 2, with: "\\u00".utf8)
            position += 2
        default:
            // Drop the backslash only; the character is checked next.
            replace(start..<start + 1, with: [])
        }
    }

    private mutating func takeUnicodeEscape() {
        let start = position
        switch codeUnit(at: start) {
        case nil:
            replace(start..<start + 2, with: Self.replacement)
        case .some(0xD800...0xDBFF):
            if let low = codeUnit(at: start + 6), (0xDC00...0xDFFF).contains(low) {
                position += 12
            } else {
                replace(start..<start + 6, with: Self.replacement)
            }
        case .some(0xDC00...0xDFFF):
            replace(start..<start + 6, with: Self.replacement)
        default:
            position += 6
        }
    }

    /// The code unit of the `\uXXXX` at a position; `nil` if there is none.
    private func codeUnit(at start: Int) -> UInt32? {
        guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return UInt32(hexadecimal: bytes[start + 2..<start + 6], count: 4)
    }

    /// Skips a valid multibyte character, or replaces the maximal part of an invalid one (Unicode, section 3.9, table
    /// 3-7).
    private mutating func takeMultibyte() {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch bytes[position] {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (1, 0x80...0xBF)
            }
        var end = position + 1
        while end < min(position + length, bytes.count),
            (end == position + 1 ? second : 0x80...0xBF).contains(bytes[end])
        {
            end += 1
        }
        if length > 1, end == position + length {
            position = end
        } else {
            replace(position..<end, with: Self.replacement)
        }
    }
}
