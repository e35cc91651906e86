/// The text of a piece of HTML that a service wrote.
enum HTMLText {
    /// The longest HTML that is read, in Unicode scalars: markup is several times as long as its text.
    private static let longest = 100_000

    /// What a reader sees: tags are taken out, `<br>` and the ends of blocks break the line, references to characters
    /// become the characters. Scripts and styles are no text, and control characters are dropped. HTML of any kind
    /// gives some text, in time that grows with its length; it is not checked.
    static func plain(_ html: String) -> String {
        // Unicode scalars, as a mark that follows on `>` would make another character of it.
        let html = html.bounded(scalars: longest, bytes: 4 * longest)
        var reader = HTMLReader(rest: Substring(html).unicodeScalars)
        return trimmed(reader.text())
    }

    /// A plain text in which a service has left references to characters, such as `&amp;`. What looks like a tag stays.
    static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var reader = HTMLReader(rest: Substring(text).unicodeScalars, takesTags: false)
        return String(reader.text())
    }

    /// Without white space at the ends, and with at most one empty line in a row.
    private static func trimmed(_ text: String.UnicodeScalarView) -> String {
        var lines: [Substring.UnicodeScalarView] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = line.trimmingSpaces()
            if line.isEmpty, lines.last?.isEmpty != false { continue }
            lines.append(line)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return String(String.UnicodeScalarView(lines.joined(separator: "\n".unicodeScalars)))
    }
}

extension Substring.UnicodeScalarView {
    fileprivate func trimmingSpaces() -> Substring.UnicodeScalarView {
        let start = drop(while: \.properties.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.properties.isWhitespace }) else { return self[endIndex...] }
        return start[...last]
    }
}
