import Hummingbird

/// The parameters of a query, decoded as HTML forms encode them: `+` is a space.
struct QueryParameters: Sendable, Equatable {
    private let pairs: [(name: String, value: String)]

    init(_ query: String?) {
        // Split Unicode scalars: a delimiter and a following mark could be one character.
        pairs = (query ?? "").unicodeScalars.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : "")
        }
    }

    /// The names of all parameters of this service.
    private static let known = Set(PostFilter.rules.map(\.name)).union([
        "after", "before", "columns", "count", "format", "key", "limit", "maxheight", "maxwidth", "theme", "url",
        "view",
    ])

    /// Whether this service knows all of the parameters.
    var areKnown: Bool { pairs.allSatisfy { Self.known.contains($0.name) } }

    /// The first value with a name.
    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// All values with a name, in order.
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.pairs.elementsEqual(rhs.pairs) { $0 == $1 }
    }

    /// Decodes a value. An invalid escape stays as it is: the code that uses the value then refuses it.
    private static func decode(_ text: Substring.UnicodeScalarView) -> String {
        var spaced = String.UnicodeScalarView()
        spaced.append(contentsOf: text.map { $0 == "+" ? " " : $0 })
        return String(spaced).validPercentDecoded() ?? String(spaced)
    }
}

extension Parameters {
    /// Decodes a captured segment: the router captures segments of the canonical path, which are encoded.
    func decoded(_ name: String) throws(Refusal) -> String {
        guard let text = get(name)?.validPercentDecoded() else { throw .notFound }
        return text
    }
}
