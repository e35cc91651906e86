/// What a character is to the words around it.
enum WordRole: Sendable {
    /// It belongs to a word.
    case part
    /// It is a word by itself, wherever it stands: emoji, and scripts that put no spaces between words or grow words at
    /// their ends.
    case symbol
    /// It is not seen and changes no word: what joins emoji, and variation selectors.
    case unseen
    /// It ends a word.
    case separator

    init(of scalar: Unicode.Scalar) {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": self = .part
        case "\0"..."\u{7F}": self = .separator
        case _ where Self.spaceless.contains { $0.contains(scalar.value) }: self = .symbol
        default: self = Self.byCategory(scalar)
        }
    }

    private static func byCategory(_ scalar: Unicode.Scalar) -> WordRole {
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint { return .unseen }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation:
            return .part
        case .otherSymbol, .modifierSymbol, .mathSymbol, .currencySymbol:
            return .symbol
        default:
            return .separator
        }
    }

    /// Thai and Lao, Myanmar, Hangul (whose particles join the word), Khmer, and the scripts of China and Japan
    /// without their punctuation.
    private static let spaceless: [ClosedRange<UInt32>] = [
        0x0E00...0x0EFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x2E80...0x2FDF, 0x3005...0x3007,
        0x3041...0x312F, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0x20000...0x3FFFF,
    ]
}
