/// A piece of HTML or XML, escaped by construction.
///
/// The text of a literal is markup; what is interpolated into it is escaped, unless it is markup of the same language
/// itself:
///
/// ```swift
/// let caption = "<script>"
/// let paragraph: HTML = "<p>\(caption)</p>"   // <p>&lt;script&gt;</p>
/// let summary: XML = "<summary type=\"html\">\(paragraph)</summary>"   // …&lt;p&gt;&amp;lt;script…
/// ```
///
/// Attribute values are written in double quotes. There is no way to make markup of a string that is not a literal.
struct Markup<Language>: Sendable, Equatable {
    /// The markup.
    private(set) var text: String

    /// Plain text.
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
