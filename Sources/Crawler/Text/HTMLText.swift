/// The text of a piece of HTML that a service wrote.
enum HTMLText {
    /// What a reader sees: tags are taken out, `<br>` and the ends of blocks break the line, references to characters
    /// become the characters. Scripts and styles are no text, and control characters are dropped. HTML of any kind
    /// gives some text, in time that grows with its length; it is not checked.
    static func plain(_ html: String) -> String {
        // Unicode scalars, as a mark that follows on `>` would make another character of it.
        var reader = HTMLReader(rest: Substring(html).unicodeScalars)
        return trimmed(String(reader.text()))
    }

    /// Without white space at the ends, and with at most one empty line in a row.
    private static func trimmed(_ text: String) -> String {
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = line.trimmingSpaces()
            if line.isEmpty, lines.last?.isEmpty != false { continue }
            lines.append(line)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...last]
    }
}
