extension Character {
    /// How many columns of a terminal it takes: 2 for what East Asian scripts and emoji take, 1 for all else.
    var columnWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        let isEmoji = first.properties.isEmojiPresentation || unicodeScalars.contains { $0.value == 0xFE0F }
        return isEmoji || Self.wide.contains { $0.contains(first.value) } ? 2 : 1
    }

    /// The blocks of wide characters (Unicode Standard Annex 11), without gaps that hold none.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
    ]
}

extension String {
    /// How many columns of a terminal it takes.
    var columnWidth: Int { reduce(0) { $0 + $1.columnWidth } }

    /// This text in exactly so many columns: cut with `…`, or filled with blanks.
    func fitted(to width: Int) -> String {
        let own = columnWidth
        guard own > width else { return self + String(repeating: " ", count: width - own) }
        var (text, taken) = ("", 0)
        for character in self {
            guard taken + character.columnWidth < width else { break }
            text.append(character)
            taken += character.columnWidth
        }
        return text + "…" + String(repeating: " ", count: max(0, width - taken - 1))
    }

    /// This text in one line that a terminal shows as it is: blanks and line breaks in a row become one blank, and
    /// what a terminal would obey, or what would hide or reorder text, is left out.
    var onOneLine: String {
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .spaceSeparator, .lineSeparator, .paragraphSeparator:
                if line.last != " ", !line.isEmpty { line.append(" ") }
            case .control:
                if scalar.properties.isWhitespace, line.last != " ", !line.isEmpty { line.append(" ") }
            // The joiner makes one emoji of several.
            case .format where scalar.value != 0x200D: break
            case .surrogate, .privateUse, .unassigned: break
            default: line.append(scalar)
            }
        }
        if line.last == " " { line.removeLast() }
        return String(line)
    }
}
