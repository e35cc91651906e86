/// Why a text is not a ``Hashtag``. Each case holds the text that was refused.
public enum HashtagError: Error, Sendable, Hashable {
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
    public var description: String {
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
