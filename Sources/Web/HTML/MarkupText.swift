/// Plain text made harmless inside HTML and XML, between tags and in quoted attributes alike.
enum MarkupText {
    /// Appends the text with the five characters that mean something to a parser escaped.
    ///
    /// Characters that XML 1.0 forbids (section 2.2) or advises against are left out: nobody sees them, and one of
    /// them makes a feed unreadable.
    static func append(_ text: String, to markup: inout String) {
        if text.utf8.allSatisfy(isPlain) {
            markup += text
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup += "&amp;"
            case "<": markup += "&lt;"
            case ">": markup += "&gt;"
            case "\"": markup += "&quot;"
            case "'": markup += "&#39;"
            case "\t", "\n", "\r": markup.unicodeScalars.append(scalar)
            case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": break
            default: markup.unicodeScalars.append(scalar)
            }
        }
    }

    /// Whether a byte is a character of ASCII that stays as it is.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        case 0x20..<0x7F: true
        default: false
        }
    }
}
