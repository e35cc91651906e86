/// A hashtag in its one canonical spelling, without the leading `#`.
///
/// It has at most ``maximumLength`` letters (with combining marks), digits and `_` of any script, and not only digits.
/// Between two letters there may be one middle dot or joiner, as in `col·legi`, which is part of the name, as for the
/// services. Spellings that differ only in case or compatibility forms are the same hashtag: `#Ｇｏ` and `go`.
package struct Hashtag: Sendable, Hashable {
    /// The largest number of Unicode scalars of the canonical spelling.
    package static let maximumLength = 100

    /// The name after NFKC and case folding, used for comparison, requests and addresses.
    package let name: String

    /// Parses the input of a person: surrounding white space and one leading `#` or `＃` are dropped.
    ///
    /// - Throws: ``HashtagError``, which quotes the text.
    package init(_ text: some StringProtocol) throws(HashtagError) {
        var written = Substring(text).trimmingWhitespace()
        if let first = written.unicodeScalars.first, first == "#" || first == "＃" {
            written = Substring(written.unicodeScalars.dropFirst())
        }
        guard !written.isEmpty else { throw .empty(String(text)) }
        // A scalar has at most four bytes and comes from at most four scalars, so longer texts can be refused without
        // normalising them.
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

    /// The role of a character in a hashtag.
    private enum Role {
        case letter
        case digit
        case underscore
        /// A middle dot or a joiner.
        case separator

        /// The joiners of Persian and the scripts of India, and the dots of Catalan and Japanese.
        private static let separators: Set<Unicode.Scalar> = ["\u{200C}", "\u{200D}", "\u{B7}", "\u{30FB}"]

        /// - Returns: `nil` if the character is not allowed. A combining mark is allowed only after a letter, which
        ///   excludes emoji keycaps.
        init?(of scalar: Unicode.Scalar, after last: Role?) {
            if Self.separators.contains(scalar) {
                guard last == .letter else { return nil }
                self = .separator
                return
            }
            // Invisible characters would make two hashtags look the same.
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

/// Why a text is not a ``Hashtag``. Each case has the text.
package enum HashtagError: Error, Sendable, Hashable {
    /// It is empty.
    case empty(String)
    /// It has a character that is not allowed.
    case character(String, Unicode.Scalar)
    /// It has only digits.
    case digitsOnly(String)
    /// It has more than ``Hashtag/maximumLength`` characters.
    case tooLong(String)
}

extension HashtagError: CustomStringConvertible {
    /// One line for a person: the text, the reason, and the rule.
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
