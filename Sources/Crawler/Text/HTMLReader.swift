/// Takes text out of HTML, from the front.
struct HTMLReader {
    var rest: Substring.UnicodeScalarView
    /// Whether tags are taken out; else they are text, and only references to characters are replaced.
    private let takesTags: Bool
    private var found = String.UnicodeScalarView()

    init(rest: Substring.UnicodeScalarView, takesTags: Bool = true) {
        self.rest = rest
        self.takesTags = takesTags
    }

    mutating func text() -> String.UnicodeScalarView {
        while let scalar = rest.first {
            switch scalar {
            case "<" where takesTags: takeTag()
            case "&": takeReference()
            default:
                append(scalar)
                rest.removeFirst()
            }
        }
        return found
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        let isText = scalar.properties.generalCategory != .control || scalar == "\n" || scalar == "\t"
        if isText { found.append(scalar) }
    }

    private mutating func takeTag() {
        let inside = rest.dropFirst()
        guard let first = inside.first, first.properties.isAlphabetic || "/!?".unicodeScalars.contains(first) else {
            found.append("<")
            rest = inside
            return
        }
        if inside.starts(with: "!--".unicodeScalars) {
            rest = after("-->", in: inside)
            return
        }
        let isEnd = first == "/"
        let name = String(inside.dropFirst(isEnd ? 1 : 0).prefix(12).prefix(while: Self.isNamePart)).lowercased()
        rest = after(">", in: inside)
        switch name {
        case "br": breakLine(always: true)
        case "td", "th": if isEnd { found.append(" ") }
        case "script", "style": if !isEnd { skip(to: name) }
        default: if Self.blocks.contains(name) { breakLine() }
        }
    }

    /// The elements that stand on lines of their own.
    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search",
        "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    ]

    /// Begins a new line. A line break in the source right behind the tag is the same break.
    ///
    /// - Parameter always: whether to break where a line has only begun, too.
    private mutating func breakLine(always: Bool = false) {
        if let last = found.last, always || last != "\n" { found.append("\n") }
        if rest.first == "\r" { rest.removeFirst() }
        if rest.first == "\n" { rest.removeFirst() }
    }

    /// Goes on at the end of an element that is no text; without one nothing is left.
    private mutating func skip(to name: String) {
        while true {
            rest = after("</", in: rest)
            guard !rest.isEmpty, String(rest.prefix(name.utf8.count)).lowercased() != name else { break }
        }
        rest = after(">", in: rest)
    }

    /// What stands behind a mark; nothing if it is not there.
    private func after(
        _ mark: String, in text: Substring.UnicodeScalarView
    ) -> Substring.UnicodeScalarView {
        text.firstRange(of: mark.unicodeScalars).map { text[$0.upperBound...] } ?? text[text.endIndex...]
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }

    private mutating func takeReference() {
        let inside = rest.dropFirst()
        let name = inside.prefix(12).prefix { Self.isNamePart($0) || $0 == "#" }
        guard name.endIndex < rest.endIndex, rest[name.endIndex] == ";",
            let scalar = HTMLReferences.scalar(String(name))
        else {
            found.append("&")
            rest = inside
            return
        }
        append(scalar)
        rest = rest[rest.index(after: name.endIndex)...]
    }
}
