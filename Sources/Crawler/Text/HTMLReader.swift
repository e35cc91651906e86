/// Takes text out of HTML, from the front.
struct HTMLReader {
    var rest: Substring.UnicodeScalarView
    private var found = String.UnicodeScalarView()

    init(rest: Substring.UnicodeScalarView) {
        self.rest = rest
    }

    mutating func text() -> String.UnicodeScalarView {
        while let scalar = rest.first {
            switch scalar {
            case "<": takeTag()
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
        case "br": breakLine()
        case "p", "div", "li", "blockquote", "h1", "h2", "h3": if isEnd { breakLine() }
        case "script", "style": if !isEnd { skip(to: name) }
        default: break
        }
    }

    /// The line that the source itself breaks behind a tag is the same break.
    private mutating func breakLine() {
        found.append("\n")
        if rest.first == "\r" { rest.removeFirst() }
        if rest.first == "\n" { rest.removeFirst() }
    }

    /// Goes on at the end of an element that is no text; without one nothing is left.
    private mutating func skip(to name: String) {
        while true {
            rest = after("</", in: rest)
            guard !rest.isEmpty, String(rest.prefix(name.count)).lowercased() != name else { break }
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

    private static let names: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "hellip": "…", "ndash": "–",
        "mdash": "—", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "laquo": "«", "raquo": "»",
        "copy": "©", "euro": "€", "middot": "·", "bull": "•",
    ]

    private mutating func takeReference() {
        let inside = rest.dropFirst()
        let name = inside.prefix(12).prefix { Self.isNamePart($0) || $0 == "#" }
        guard name.endIndex < rest.endIndex, rest[name.endIndex] == ";", let scalar = Self.scalar(String(name)) else {
            found.append("&")
            rest = inside
            return
        }
        append(scalar)
        rest = rest[rest.index(after: name.endIndex)...]
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        guard name.first == "#" else { return names[name] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let number = UInt32(isHexadecimal ? digits.dropFirst() : digits, radix: isHexadecimal ? 16 : 10)
        return number.flatMap(Unicode.Scalar.init)
    }
}
