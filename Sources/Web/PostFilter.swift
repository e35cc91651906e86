import Posts

/// Selects posts by their properties. Without a condition, it selects all.
///
/// A filter is a property and an entry in ``rules``, which reads, applies, writes and describes it.
struct PostFilter: Sendable, Hashable {
    /// The post has a medium of this kind.
    var kind: Media.Kind?
    /// The post is from one of these sources; empty for any.
    var sources: [String] = []
    /// The caption contains all of these.
    var words: [SearchTerm] = []
    /// The caption contains none of these.
    var unwanted: [SearchTerm] = []
    /// Each picture and video has a description.
    var needsAlt = false
    /// The first picture has this shape. One of unknown size has none.
    var orientation: Orientation?

    /// Whether it selects every post.
    var isEmpty: Bool { self == PostFilter() }

    /// Whether it selects a post.
    ///
    /// - Parameter caption: gives the searchable caption of the post; called only if needed.
    func admits(_ post: Post, caption: (Post) -> SearchText) -> Bool {
        Self.rules.allSatisfy { $0.condition(self)?(post, caption) ?? true }
    }

    /// The posts of a list that it selects.
    func select(_ posts: [Post], caption: (Post) -> SearchText) -> [Post] {
        let conditions = Self.rules.compactMap { $0.condition(self) }
        return posts.filter { post in conditions.allSatisfy { $0(post, caption) } }
    }

    /// Reads the parameters of all ``rules``.
    ///
    /// - Throws: ``Refusal/badRequest(_:)`` with the allowed values.
    init(_ parameters: QueryParameters) throws(Refusal) {
        for rule in Self.rules { try rule.read(&self, parameters) }
    }

    init() {}

    /// The parameters that select the same posts, encoded and always in the same order.
    var parameters: [String] {
        Self.rules.flatMap { rule in rule.values(self).map { "\(rule.name)=\($0)" } }
    }

    /// The conditions in words, for titles: `landscape`, `with “cat”`; empty if there are none.
    var description: [String] {
        Self.rules.sorted { $0.placeInTitle < $1.placeInTitle }.flatMap { $0.words(self) }
    }
}

extension PostFilter {
    /// Whether a post fits. The second argument gives the searchable caption of a post.
    typealias Condition = (Post, (Post) -> SearchText) -> Bool

    /// One filter.
    struct Rule: Sendable {
        /// The name of its query parameter.
        let name: String
        /// Reads its parameter.
        let read: @Sendable (inout PostFilter, QueryParameters) throws(Refusal) -> Void
        /// The values of its parameter, encoded; empty if it is not set.
        let values: @Sendable (PostFilter) -> [String]
        /// The condition; `nil` if it is not set.
        let condition: @Sendable (PostFilter) -> Condition?
        /// The order of ``words`` in titles.
        let placeInTitle: Int
        /// The condition in words; empty if it is not set.
        let words: @Sendable (PostFilter) -> [String]
    }

    /// All filters, in the order of their parameters in addresses. `Assets/openapi.json` describes them, and nginx's
    /// `microcache.conf` lists the cached ones.
    static let rules = [
        Rule(
            name: "type",
            read: { filter, query throws(Refusal) in
                filter.kind = try choice("type", query, allowed: "image or video")
            },
            values: { filter in filter.kind.map { [$0.rawValue] } ?? [] },
            condition: { filter in filter.kind.map { kind in { post, _ in post.media.contains { $0.kind == kind } } } },
            placeInTitle: 0,
            words: { filter in filter.kind.map { [$0 == .image ? "pictures" : "videos"] } ?? [] }),
        Rule(
            name: "source",
            read: { filter, query throws(Refusal) in filter.sources = try sources(query) },
            values: { $0.sources },
            condition: { filter in
                filter.sources.isEmpty ? nil : { post, _ in filter.sources.contains(post.id.source) }
            },
            placeInTitle: 3,
            words: { $0.sources.isEmpty ? [] : ["from " + $0.sources.joined(separator: " or ")] }),
        Rule(
            name: "q",
            read: { filter, query throws(Refusal) in filter.words = try terms("q", query) },
            values: { encoded($0.words) },
            condition: { filter in
                filter.words.isEmpty ? nil : { filter.words.allSatisfy($1($0).contains) }
            },
            placeInTitle: 4,
            words: { $0.words.map { "with “\($0.text)”" } }),
        Rule(
            name: "not",
            read: { filter, query throws(Refusal) in filter.unwanted = try terms("not", query) },
            values: { encoded($0.unwanted) },
            condition: { filter in
                filter.unwanted.isEmpty ? nil : { !filter.unwanted.contains(where: $1($0).contains) }
            },
            placeInTitle: 5,
            words: { $0.unwanted.map { "without “\($0.text)”" } }),
        Rule(
            name: "alt",
            read: { filter, query throws(Refusal) in
                guard let text = query["alt"] else { return }
                guard text == "required" else { throw .badRequest("alt must be required") }
                filter.needsAlt = true
            },
            values: { $0.needsAlt ? ["required"] : [] },
            condition: { filter in
                filter.needsAlt ? { post, _ in post.media.allSatisfy { $0.alt?.isEmpty == false } } : nil
            },
            placeInTitle: 2,
            words: { $0.needsAlt ? ["described"] : [] }),
        Rule(
            name: "orientation",
            read: { filter, query throws(Refusal) in
                filter.orientation = try choice("orientation", query, allowed: "landscape, portrait or square")
            },
            values: { filter in filter.orientation.map { [$0.rawValue] } ?? [] },
            condition: { filter in
                filter.orientation.map { wanted in { post, _ in post.picture.flatMap(Orientation.init(of:)) == wanted }
                }
            },
            placeInTitle: 1,
            words: { filter in filter.orientation.map { [$0.rawValue] } ?? [] }),
    ]

    /// The limits of `q` and `not`, each: the number of words, and of Unicode scalars including spaces.
    static let wordLimits = (count: 10, length: 200)
    /// The limits of `source`: the number of values, and of characters in each.
    static let sourceLimits = (count: 10, length: 253)

    private static func choice<Value: RawRepresentable<String>>(
        _ name: String, _ query: QueryParameters, allowed: String
    ) throws(Refusal) -> Value? {
        guard let text = query[name] else { return nil }
        guard let value = Value(rawValue: text) else { throw .badRequest("\(name) must be \(allowed)") }
        return value
    }

    private static func sources(_ query: QueryParameters) throws(Refusal) -> [String] {
        let names = query.all("source")
        guard names.allSatisfy(isSource), names.count <= sourceLimits.count else {
            throw .badRequest(
                "source must be the name of a source, lower-case letters, digits and . - _ in it; "
                    + "at most \(sourceLimits.count)"
            )
        }
        var sources: [String] = []
        for name in names where !sources.contains(name) { sources.append(name) }
        return sources
    }

    /// Whether a text can be the name of a source (``Post/ID/source``).
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

    private static func terms(_ name: String, _ query: QueryParameters) throws(Refusal) -> [SearchTerm] {
        // By scalars: as a character, a space could be one with what follows it.
        let text = query.all(name).joined(separator: " ").unicodeScalars
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

    private static func encoded(_ terms: [SearchTerm]) -> [String] {
        terms.isEmpty ? [] : [terms.map { $0.text.percentEncoded }.joined(separator: "+")]
    }
}

/// The role of a character in a word.
enum WordRole: Sendable {
    /// Part of a word.
    case part
    /// A word by itself: emoji, and characters of scripts without spaces between words or with suffixes.
    case symbol
    /// Invisible and ignored: joiners of emoji, and variation selectors.
    case unseen
    /// The end of a word.
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

/// The shape of a picture.
enum Orientation: String, Sendable, CaseIterable {
    case landscape
    case portrait
    case square

    /// - Returns: `nil` if the size is unknown.
    init?(of media: Media) {
        guard let width = media.width, let height = media.height, width > 0, height > 0 else { return nil }
        self = width > height ? .landscape : width < height ? .portrait : .square
    }
}
