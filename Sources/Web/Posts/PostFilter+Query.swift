import Crawler

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
            parameters.append("\(name)=" + terms.map { PercentEncoding.encode($0.text) }.joined(separator: "+"))
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
