/// A piece of HTML.
typealias HTML = Markup<HTMLLanguage>

/// Marks ``Markup`` as HTML.
enum HTMLLanguage {}

/// A piece of HTML or XML, escaped by construction.
///
/// The text of a literal is markup. Interpolated values are escaped, unless they are markup of the same language:
///
/// ```swift
/// let caption = "<script>"
/// let paragraph: HTML = "<p>\(caption)</p>"   // <p>&lt;script&gt;</p>
/// let summary: XML = "<summary type=\"html\">\(paragraph)</summary>"   // …&lt;p&gt;&amp;lt;script…
/// ```
///
/// Attribute values must be in double quotes. Only literals can become unescaped markup.
struct Markup<Language>: Sendable, Equatable {
    /// The markup.
    private(set) var text: String

    /// Escapes plain text.
    init(text plain: String) {
        text = ""
        MarkupText.append(plain, to: &text)
    }
}

extension Markup: ExpressibleByStringInterpolation {
    init(stringLiteral value: StaticString) {
        text = value.description
    }

    init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.markup
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup: String

        init(literalCapacity: Int, interpolationCount: Int) {
            markup = ""
            markup.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: StaticString) { markup += literal.description }
        mutating func appendInterpolation(_ plain: String) { MarkupText.append(plain, to: &markup) }
        mutating func appendInterpolation(_ number: some BinaryInteger) { markup += String(number) }
        mutating func appendInterpolation(_ own: Markup) { markup += own.text }
        mutating func appendInterpolation(_ own: Markup?) { markup += own?.text ?? "" }
        mutating func appendInterpolation(_ pieces: [Markup]) { for piece in pieces { markup += piece.text } }
    }
}

/// Escapes plain text for HTML and XML, between tags and in quoted attributes.
enum MarkupText {
    /// Appends a text, and escapes the five characters that have a meaning in markup.
    ///
    /// It omits characters that XML 1.0 forbids (section 2.2) or discourages: they are invisible, and a single one
    /// makes a feed unreadable.
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

    /// Whether a byte is an ASCII character that needs no escaping.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        case 0x20..<0x7F: true
        default: false
        }
    }
}

/// A piece of XML.
typealias XML = Markup<XMLLanguage>

/// Marks ``Markup`` as XML.
enum XMLLanguage {}

extension Markup.StringInterpolation where Language == XMLLanguage {
    /// Appends HTML as the text of an XML element, which clients parse as HTML.
    mutating func appendInterpolation(_ content: HTML) { appendInterpolation(content.text) }
}
