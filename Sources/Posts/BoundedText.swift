import CUTF8Proc

extension String {
    /// The most combining marks in a row, by Unicode's stream-safe text format (UAX #15, section 13).
    private static let mostMarks = 30

    /// The text within limits, safe to compare, normalise, lay out and store. Takes time linear in its length.
    ///
    /// Unicode scalars are counted, never characters: one character can be as long as the text. Marks beyond the 30th
    /// in a row are dropped, and so are control characters other than line feed and tab, and bidirectional controls if
    /// one of them is not closed: it would reorder what follows the text. Line breaks become line feeds.
    package func bounded(scalars: Int, bytes: Int) -> String {
        var (text, hasBidirectionalControls) = limited(scalars: scalars, bytes: bytes, keepsControls: false)
        if hasBidirectionalControls, !text.unicodeScalars.closesBidirectionalControls {
            text.unicodeScalars.removeAll(where: \.isBidirectionalControl)
        }
        return text
    }

    /// The text without marks beyond the 30th in a row, cut to a length. Nothing else is dropped.
    func streamSafe(scalars: Int, bytes: Int) -> String {
        limited(scalars: scalars, bytes: bytes, keepsControls: true).text
    }

    private func limited(
        scalars: Int, bytes: Int, keepsControls: Bool
    ) -> (text: String, hasBidirectionalControls: Bool) {
        let length = utf8.count
        if length <= scalars, length <= bytes, utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return (self, false) }
        var kept = String.UnicodeScalarView()
        var (count, size, marks) = (0, 0, 0)
        var hasBidirectionalControls = false
        var isAfterReturn = false
        for scalar in unicodeScalars {
            var scalar = scalar
            if scalar.isASCII {
                let isLineFeedOfReturn = isAfterReturn && scalar == "\n"
                isAfterReturn = scalar == "\r"
                if !keepsControls {
                    if isLineFeedOfReturn { continue }
                    if isAfterReturn { scalar = "\n" }
                    if scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || scalar.value == 0x7F { continue }
                }
                marks = 0
            } else {
                isAfterReturn = false
                if !keepsControls {
                    if scalar.value < 0xA0 { continue }
                    if scalar.isBidirectionalControl { hasBidirectionalControls = true }
                }
                marks = scalar.extendsCharacter ? marks + 1 : 0
                if marks > Self.mostMarks { continue }
            }
            count += 1
            size += UTF8.width(scalar)
            guard count <= scalars, size <= bytes else { break }
            kept.append(scalar)
        }
        return (String(kept), hasBidirectionalControls)
    }

    /// Whether all Unicode scalars are white space.
    package var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }

    /// The text on one line: runs of white space become one space, and are removed at the ends.
    var onOneLine: String {
        var result = String.UnicodeScalarView()
        var isAfterSpace = true
        for scalar in unicodeScalars {
            let isSpace = scalar.properties.isWhitespace
            if !isSpace || !isAfterSpace { result.append(isSpace ? " " : scalar) }
            isAfterSpace = isSpace
        }
        if isAfterSpace, !result.isEmpty { result.removeLast() }
        return String(result)
    }
}

extension Unicode.Scalar {
    /// Whether the scalar extends the character before it, or has a combining class.
    fileprivate var extendsCharacter: Bool {
        if self == "\u{200D}" { return true }
        if value < 0x300 { return false }
        let properties = properties
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return properties.isGraphemeExtend || properties.canonicalCombiningClass != .notReordered
        }
    }

    /// Embeddings, overrides and isolates with their ends (UAX #9, section 2).
    fileprivate var isBidirectionalControl: Bool {
        (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    }
}

extension String.UnicodeScalarView {
    /// Whether each embedding, override and isolate is closed before the end.
    fileprivate var closesBidirectionalControls: Bool {
        var (embeddings, isolates) = (0, 0)
        for scalar in self {
            switch scalar.value {
            case 0x202A, 0x202B, 0x202D, 0x202E: embeddings += 1
            case 0x202C: embeddings = Swift.max(0, embeddings - 1)
            case 0x2066, 0x2067, 0x2068: isolates += 1
            case 0x2069: isolates = Swift.max(0, isolates - 1)
            default: break
            }
        }
        return embeddings == 0 && isolates == 0
    }
}

/// Unicode's compatibility normalization with case folding, by utf8proc. No other file of the module calls C.
package enum CaseFolding {
    /// The longest text that is folded, in Unicode scalars: no text of a post is longer.
    static let longest = 20_000

    /// NFKC and full case folding in one step, so that spellings that look or read alike compare
    /// equal: `Ｇｏ` becomes `go`, `Straße` becomes `strasse`.
    ///
    /// utf8proc sorts marks in quadratic time: no more than 30 in a row are kept, and ``longest`` scalars in all.
    ///
    /// - Returns: `nil` if utf8proc fails, for lack of memory.
    package static func fold(_ text: String) -> String? {
        let options = utf8proc_option_t(
            rawValue: UTF8PROC_COMPAT.rawValue | UTF8PROC_COMPOSE.rawValue | UTF8PROC_STABLE.rawValue
                | UTF8PROC_CASEFOLD.rawValue
        )
        let bytes = Array(text.streamSafe(scalars: longest, bytes: 4 * longest).utf8)
        var codePoints = [Int32](repeating: 0, count: bytes.count)
        var count = utf8proc_decompose(bytes, bytes.count, &codePoints, codePoints.count, options)
        if count > codePoints.count {
            // One character can become up to 18; the first call returned the needed size.
            codePoints = [Int32](repeating: 0, count: count)
            count = utf8proc_decompose(bytes, bytes.count, &codePoints, codePoints.count, options)
        }
        guard count >= 0, count <= codePoints.count else { return nil }
        let composed = utf8proc_normalize_utf32(&codePoints, count, options)
        guard composed >= 0, composed <= codePoints.count else { return nil }
        var folded = String.UnicodeScalarView()
        folded.append(
            contentsOf: codePoints.prefix(composed).compactMap { Unicode.Scalar(UInt32(bitPattern: $0)) }
        )
        return String(folded)
    }
}

extension StringProtocol {
    /// The text for one line of a log or an error: at most `limit` Unicode scalars, with those that would break, hide
    /// or reorder the line written as `\u{…}`.
    package func excerpt(_ limit: Int = 300) -> String {
        var result = ""
        for scalar in unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        if unicodeScalars.dropFirst(limit).first != nil { result += "…" }
        return result
    }
}

/// A whole number written in ASCII digits and nothing else: no sign, no spaces, no other scripts.
package struct DecimalNumber: Sendable, Equatable {
    package let value: Int

    /// `nil` if the text is anything else, or exceeds `Int`.
    package init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int(text)
        else { return nil }
        self.value = value
    }
}

extension StringProtocol where SubSequence == Substring {
    /// The text without surrounding optional white space (RFC 9110, section 5.6.3).
    package func trimmingSpaces() -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = self[...]
        while let last = text.last, isSpace(last) { text = text.dropLast() }
        return text.drop(while: isSpace)
    }
}
