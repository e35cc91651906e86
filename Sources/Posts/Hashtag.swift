/// A hashtag in its one canonical spelling, without the leading `#`.
///
/// Letters (and the combining marks on them), digits and `_` of any script, at least one that is
/// not a digit, at most ``maximumLength`` characters. Between two letters there may be one middle dot or joiner, as in
/// `col·legi`; it is part of the name, as services take it. Spellings that differ only in case or in
/// compatibility forms are the same hashtag: `#Ｇｏ` and `go`.
package struct Hashtag: Sendable, Hashable {
    /// The most characters a hashtag may have: Unicode scalars of its canonical spelling.
    package static let maximumLength = 100

    /// Case-folded after NFKC: what is compared, sent upstream and put into addresses.
    package let name: String

    /// Reads what a person wrote: whitespace around it and one leading `#` or `＃` are dropped.
    ///
    /// - Throws: ``HashtagError`` that quotes what was refused.
    package init(_ text: some StringProtocol) throws(HashtagError) {
        var written = Substring(text).trimmingWhitespace()
        if let first = written.unicodeScalars.first, first == "#" || first == "＃" {
            written = Substring(written.unicodeScalars.dropFirst())
        }
        guard !written.isEmpty else { throw .empty(String(text)) }
        // A scalar has at most four bytes and comes from at most four scalars, so that longer
        // texts need no normalising to be refused.
        guard written.utf8.count <= Self.maximumLength * 16, let folded = CaseFolding.fold(String(written)) else {
            throw .tooLong(String(text))
        }
        guard folded.unicodeScalars.count <= Self.maximumLength else { throw .tooLong(String(text)) }
        var last: Role?
        var isNumber = true
        var separator: Unicode.Scalar?
        for scalar in folded.unicodeScalars {
            guard let role = Role(of: scalar, after: last) else { throw .character(String(text), scalar) }
            if last == .separator, role != .letter { throw .character(String(text), separator ?? scalar) }
            if role == .separator { separator = scalar }
            isNumber = isNumber && role == .digit
            last = role
        }
        if last == .separator, let separator { throw .character(String(text), separator) }
        guard !isNumber else { throw .digitsOnly(String(text)) }
        name = folded
    }

    /// What a character of a hashtag is.
    private enum Role {
        case letter
        case digit
        case underscore
        /// A middle dot or a joiner.
        case separator

        /// Joiners, which Persian and the scripts of India need, and the dots of Catalan and Japanese.
        private static let separators: Set<Unicode.Scalar> = ["\u{200C}", "\u{200D}", "\u{B7}", "\u{30FB}"]

        /// - Returns: nil when the character has no place in a hashtag. A combining mark counts
        ///   with its letter, and has none without: that would let emoji keycaps in.
        init?(of scalar: Unicode.Scalar, after last: Role?) {
            if Self.separators.contains(scalar) {
                guard last == .letter else { return nil }
                self = .separator
                return
            }
            // Characters that do not show would make two hashtags of what looks like one.
            guard !scalar.properties.isDefaultIgnorableCodePoint else { return nil }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber:
                self = .letter
            case .nonspacingMark, .spacingMark:
                guard last == .letter else { return nil }
                self = .letter
            case .decimalNumber:
                self = .digit
            default:
                guard scalar == "_" else { return nil }
                self = .underscore
            }
        }
    }
}

extension Hashtag: CustomStringConvertible {
    /// The ``name``, without `#`.
    package var description: String { name }
}

extension Substring {
    fileprivate func trimmingWhitespace() -> Substring {
        let scalars = unicodeScalars.drop { $0.properties.isWhitespace }
        let end = scalars.lastIndex { !$0.properties.isWhitespace }
        return end.map { Substring(scalars[...$0]) } ?? ""
    }
}

/// Why a text is not a ``Hashtag``. Each case holds the text that was refused.
package enum HashtagError: Error, Sendable, Hashable {
    /// There is nothing in it.
    case empty(String)
    /// It holds a character that has no place in a hashtag.
    case character(String, Unicode.Scalar)
    /// All of it are digits.
    case digitsOnly(String)
    /// It has more than ``Hashtag/maximumLength`` characters.
    case tooLong(String)
}

extension HashtagError: CustomStringConvertible {
    /// One line for a person: what was refused, why, and what is allowed.
    package var description: String {
        let (text, reason) =
            switch self {
            case .empty(let text): (text, "it is empty")
            case .character(let text, let scalar): (text, "'\(String(scalar).excerpt())' has no place in it")
            case .digitsOnly(let text): (text, "it has only digits")
            case .tooLong(let text): (text, "it is too long")
            }
        return """
            '\(text.excerpt(120))' is not a hashtag: \(reason). Allowed are letters, digits and '_', at least \
            one that is not a digit, and one middle dot or joiner between two letters, at most \(Hashtag.maximumLength) characters
            """
    }
}
