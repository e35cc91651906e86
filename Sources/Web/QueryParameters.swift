import Hummingbird

/// The parameters of a query, as HTML forms write them: `+` is a space.
struct QueryParameters: Sendable, Equatable {
    private let pairs: [(name: String, value: String)]

    init(_ query: String?) {
        // By scalars: as a character, a delimiter could be one with what follows it.
        pairs = (query ?? "").unicodeScalars.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : "")
        }
    }

    /// The names that any address of this service looks at.
    private static let known = Set(PostFilter.rules.map(\.name)).union([
        "after", "before", "columns", "count", "format", "key", "limit", "maxheight", "maxwidth", "theme", "url",
        "view",
    ])

    /// Whether there is none that nothing looks at.
    var areKnown: Bool { pairs.allSatisfy { Self.known.contains($0.name) } }

    /// The first value of that name.
    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// All values of that name, in their order.
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.pairs.elementsEqual(rhs.pairs) { $0 == $1 }
    }

    /// A broken escape stays as it is: whoever asks for the value then refuses it.
    private static func decode(_ text: Substring.UnicodeScalarView) -> String {
        var spaced = String.UnicodeScalarView()
        spaced.append(contentsOf: text.map { $0 == "+" ? " " : $0 })
        return String(spaced).validPercentDecoded() ?? String(spaced)
    }
}

extension Parameters {
    /// A captured segment. The router matches on the canonical path, in which segments are encoded
    /// again, and hands out what it captured as it is.
    func decoded(_ name: String) throws(Refusal) -> String {
        guard let text = get(name)?.validPercentDecoded() else { throw .notFound }
        return text
    }
}
