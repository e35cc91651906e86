/// A piece of XML.
typealias XML = Markup<XMLLanguage>

/// What feeds are written in.
enum XMLLanguage {}

extension Markup.StringInterpolation where Language == XMLLanguage {
    /// HTML inside XML is text that a reader takes out and reads as HTML.
    mutating func appendInterpolation(_ content: HTML) { appendInterpolation(content.text) }
}
