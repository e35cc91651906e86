/// Plain text from the HTML of a service.
package enum HTMLText {
    /// The longest HTML that is read, in Unicode scalars: markup is several times as long as its text.
    private static let longest = 100_000

    /// The visible text: tags are removed, `<br>` and the ends of blocks break the line, and character references are
    /// decoded. Scripts, styles and control characters are dropped. The HTML need not be valid; the time is linear in
    /// its length.
    package static func plain(_ html: String) -> String {
        // Unicode scalars: `>` and a following mark would be one character.
        let html = html.bounded(scalars: longest, bytes: 4 * longest)
        var reader = HTMLReader(rest: Substring(html).unicodeScalars)
        return trimmed(reader.text())
    }

    /// Decodes the character references, such as `&amp;`, in a plain text. Tags stay.
    package static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var reader = HTMLReader(rest: Substring(text).unicodeScalars, takesTags: false)
        return String(reader.text())
    }

    /// The text without white space at the ends, and with at most one empty line in a row.
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

/// Extracts text from HTML, from the front.
struct HTMLReader {
    var rest: Substring.UnicodeScalarView
    /// Whether tags are removed; otherwise they are text, and only character references are decoded.
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

    /// The elements that are on lines of their own.
    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search",
        "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    ]

    /// Begins a new line. A line break in the source right after the tag is part of it.
    ///
    /// - Parameter always: whether to break an empty line too.
    private mutating func breakLine(always: Bool = false) {
        if let last = found.last, always || last != "\n" { found.append("\n") }
        if rest.first == "\r" { rest.removeFirst() }
        if rest.first == "\n" { rest.removeFirst() }
    }

    /// Skips to the end of an element without text, or to the end of the HTML.
    private mutating func skip(to name: String) {
        while true {
            rest = after("</", in: rest)
            guard !rest.isEmpty, String(rest.prefix(name.utf8.count)).lowercased() != name else { break }
        }
        rest = after(">", in: rest)
    }

    /// The rest after a mark; empty if the mark is missing.
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

/// The character references of HTML.
enum HTMLReferences {
    /// The character of a reference.
    ///
    /// - Parameter name: the text between `&` and `;`: a name of HTML 4, `apos`, or a number such as `#233` or `#xE9`.
    /// - Returns: `nil` for other names and for invalid numbers.
    static func scalar(_ name: String) -> Unicode.Scalar? {
        guard name.utf8.first == UInt8(ascii: "#") else { return named[name] ?? uppercase[name] }
        let digits = name.utf8.dropFirst()
        let isHexadecimal = digits.first == UInt8(ascii: "x") || digits.first == UInt8(ascii: "X")
        let number = UInt32(
            String(Substring(isHexadecimal ? digits.dropFirst() : digits)), radix: isHexadecimal ? 16 : 10)
        guard let number else { return nil }
        // Browsers read the numbers of C1 controls as Windows-1252 (HTML, section 13.2.5.80).
        let isWindows = (0x80...0x9F).contains(number)
        return Unicode.Scalar(isWindows ? windows1252[Int(number) - 0x80] : number)
    }

    /// The characters 0x80 to 0x9F of Windows-1252; undefined ones map to themselves.
    private static let windows1252: [UInt32] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
        0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
    ]

    /// HTML 5 has these in upper case too.
    private static let uppercase: [String: Unicode.Scalar] = [
        "AMP": "&", "LT": "<", "GT": ">", "QUOT": "\"", "COPY": "\u{A9}", "REG": "\u{AE}",
    ]

    private static let named: [String: Unicode.Scalar] = {
        var named: [String: Unicode.Scalar] = ["apos": "'"]
        for (index, name) in latin1.split(whereSeparator: \.isWhitespace).enumerated() {
            named[String(name)] = Unicode.Scalar(0xA0 + UInt32(index))
        }
        for entry in others.split(whereSeparator: \.isWhitespace) {
            let parts = entry.split(separator: ":")
            guard let name = parts.first, let number = parts.last.flatMap({ UInt32($0) }) else { continue }
            named[String(name)] = Unicode.Scalar(number)
        }
        return named
    }()

    /// The names of the characters 160 to 255, in order.
    private static let latin1 = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute
        micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring
        AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml
        times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil
        egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash
        ugrave uacute ucirc uuml yacute thorn yuml
        """

    /// The other names of HTML 4, with their numbers.
    private static let others = """
        quot:34 amp:38 lt:60 gt:62 OElig:338 oelig:339 Scaron:352 scaron:353 Yuml:376 fnof:402 circ:710 tilde:732
        Alpha:913 Beta:914 Gamma:915 Delta:916 Epsilon:917 Zeta:918 Eta:919 Theta:920 Iota:921 Kappa:922 Lambda:923
        Mu:924 Nu:925 Xi:926 Omicron:927 Pi:928 Rho:929 Sigma:931 Tau:932 Upsilon:933 Phi:934 Chi:935 Psi:936
        Omega:937 alpha:945 beta:946 gamma:947 delta:948 epsilon:949 zeta:950 eta:951 theta:952 iota:953 kappa:954
        lambda:955 mu:956 nu:957 xi:958 omicron:959 pi:960 rho:961 sigmaf:962 sigma:963 tau:964 upsilon:965 phi:966
        chi:967 psi:968 omega:969 thetasym:977 upsih:978 piv:982 ensp:8194 emsp:8195 thinsp:8201 zwnj:8204 zwj:8205
        lrm:8206 rlm:8207 ndash:8211 mdash:8212 lsquo:8216 rsquo:8217 sbquo:8218 ldquo:8220 rdquo:8221 bdquo:8222
        dagger:8224 Dagger:8225 bull:8226 hellip:8230 permil:8240 prime:8242 Prime:8243 lsaquo:8249 rsaquo:8250
        oline:8254 frasl:8260 euro:8364 image:8465 weierp:8472 real:8476 trade:8482 alefsym:8501 larr:8592 uarr:8593
        rarr:8594 darr:8595 harr:8596 crarr:8629 lArr:8656 uArr:8657 rArr:8658 dArr:8659 hArr:8660 forall:8704
        part:8706 exist:8707 empty:8709 nabla:8711 isin:8712 notin:8713 ni:8715 prod:8719 sum:8721 minus:8722
        lowast:8727 radic:8730 prop:8733 infin:8734 ang:8736 and:8743 or:8744 cap:8745 cup:8746 int:8747 there4:8756
        sim:8764 cong:8773 asymp:8776 ne:8800 equiv:8801 le:8804 ge:8805 sub:8834 sup:8835 nsub:8836 sube:8838
        supe:8839 oplus:8853 otimes:8855 perp:8869 sdot:8901 lceil:8968 rceil:8969 lfloor:8970 rfloor:8971 lang:9001
        rang:9002 loz:9674 spades:9824 clubs:9827 hearts:9829 diams:9830
        """
}
