import Posts

/// Which posts of a list are wanted. Without any condition, all are.
struct PostFilter: Sendable, Hashable {
    /// The post has a medium of this kind.
    var kind: Media.Kind?
    /// It came from one of these; empty for any.
    var sources: [String] = []
    /// All of these stand in the caption.
    var words: [SearchTerm] = []
    /// None of these stands in the caption.
    var unwanted: [SearchTerm] = []
    /// Each of its pictures and videos has a description.
    var needsAlt = false
    /// Its first picture lies so. One of unknown size lies in no way.
    var orientation: Orientation?

    /// Whether every post fits.
    var isEmpty: Bool { self == PostFilter() }

    /// Whether a post fits.
    ///
    /// - Parameter caption: gives the caption as it is searched; asked only when it matters.
    func admits(_ post: Post, caption: (Post) -> SearchText) -> Bool {
        if let kind, !post.media.contains(where: { $0.kind == kind }) { return false }
        if !sources.isEmpty, !sources.contains(post.id.source) { return false }
        if needsAlt, !post.media.allSatisfy({ $0.alt?.isEmpty == false }) { return false }
        if let orientation, post.picture.flatMap(Orientation.init(of:)) != orientation { return false }
        guard !words.isEmpty || !unwanted.isEmpty else { return true }
        let text = caption(post)
        return words.allSatisfy(text.contains) && !unwanted.contains(where: text.contains)
    }
}

extension PostFilter {
    /// The most words that `q` and `not` may have each, and the most characters (Unicode scalars), spaces among them.
    static let wordLimits = (count: 10, length: 200)
    /// How often `source` may be given, and the most characters of each.
    static let sourceLimits = (count: 10, length: 253)

    /// Reads `type`, `source`, `q`, `not`, `alt` and `orientation`. `source`, `q` and `not` may be repeated.
    ///
    /// - Throws: ``Refusal/badRequest(_:)`` that says what is allowed.
    init(_ parameters: QueryParameters) throws(Refusal) {
        if let text = parameters["type"] {
            guard let kind = Media.Kind(rawValue: text) else { throw .badRequest("type must be image or video") }
            self.kind = kind
        }
        let names = parameters.all("source")
        guard names.allSatisfy(Self.isSource), names.count <= Self.sourceLimits.count else {
            throw .badRequest(
                "source must be the name of a source, lower-case letters, digits and . - _ in it; "
                    + "at most \(Self.sourceLimits.count)"
            )
        }
        for name in names where !sources.contains(name) { sources.append(name) }
        words = try Self.terms("q", parameters)
        unwanted = try Self.terms("not", parameters)
        if let text = parameters["alt"] {
            guard text == "required" else { throw .badRequest("alt must be required") }
            needsAlt = true
        }
        if let text = parameters["orientation"] {
            guard let orientation = Orientation(rawValue: text) else {
                throw .badRequest("orientation must be landscape, portrait or square")
            }
            self.orientation = orientation
        }
    }

    /// The parameters that ask for the same, encoded and always in the same order.
    var parameters: [String] {
        var parameters: [String] = []
        if let kind { parameters.append("type=\(kind.rawValue)") }
        parameters += sources.map { "source=\($0)" }
        for (name, terms) in [("q", words), ("not", unwanted)] where !terms.isEmpty {
            parameters.append("\(name)=" + terms.map { $0.text.percentEncoded }.joined(separator: "+"))
        }
        if needsAlt { parameters.append("alt=required") }
        if let orientation { parameters.append("orientation=\(orientation.rawValue)") }
        return parameters
    }

    /// The names that sources can have (``Crawler/Post/ID/source``).
    private static func isSource(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= sourceLimits.length
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func terms(_ name: String, _ parameters: QueryParameters) throws(Refusal) -> [SearchTerm] {
        // By scalars: as a character, a space could be one with what follows it.
        let text = parameters.all(name).joined(separator: " ").unicodeScalars
        let words = text.split(separator: " ")
        guard words.count <= wordLimits.count, text.count <= wordLimits.length else {
            throw .badRequest(
                "\(name) must be at most \(wordLimits.count) words, of at most \(wordLimits.length) characters together"
            )
        }
        var terms: [SearchTerm] = []
        for term in words.compactMap({ SearchTerm(String($0)) }) where !terms.contains(term) { terms.append(term) }
        return terms
    }
}

extension PostFilter {
    /// The conditions as people say them, for titles: `landscape`, `with “cat”`; empty when there are none.
    var description: [String] {
        var parts: [String] = []
        switch kind {
        case .image: parts.append("pictures")
        case .video: parts.append("videos")
        case nil: break
        }
        if let orientation { parts.append(orientation.rawValue) }
        if needsAlt { parts.append("described") }
        if !sources.isEmpty { parts.append("from " + sources.joined(separator: " or ")) }
        parts += words.map { "with “\($0.text)”" }
        parts += unwanted.map { "without “\($0.text)”" }
        return parts
    }
}

/// What a character is to the words around it.
enum WordRole: Sendable {
    /// It belongs to a word.
    case part
    /// It is a word by itself, wherever it stands: emoji, and scripts that put no spaces between words or grow words at
    /// their ends.
    case symbol
    /// It is not seen and changes no word: what joins emoji, and variation selectors.
    case unseen
    /// It ends a word.
    case separator

    init(of scalar: Unicode.Scalar) {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": self = .part
        case "\0"..."\u{7F}": self = .separator
        case _ where Self.spaceless.contains { $0.contains(scalar.value) }: self = .symbol
        default: self = Self.byCategory(scalar)
        }
    }

    private static func byCategory(_ scalar: Unicode.Scalar) -> WordRole {
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint { return .unseen }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation:
            return .part
        case .otherSymbol, .modifierSymbol, .mathSymbol, .currencySymbol:
            return .symbol
        default:
            return .separator
        }
    }

    /// Thai and Lao, Myanmar, Hangul (whose particles join the word), Khmer, and the scripts of China and Japan
    /// without their punctuation.
    private static let spaceless: [ClosedRange<UInt32>] = [
        0x0E00...0x0EFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x2E80...0x2FDF, 0x3005...0x3007,
        0x3041...0x312F, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0x20000...0x3FFFF,
    ]
}

/// How a picture lies.
enum Orientation: String, Sendable, CaseIterable {
    case landscape
    case portrait
    case square

    /// - Returns: nil when its size is not known.
    init?(of media: Media) {
        guard let width = media.width, let height = media.height, width > 0, height > 0 else { return nil }
        self = width > height ? .landscape : width < height ? .portrait : .square
    }
}
