/// The parameter `fields`: names separated by commas, of which some have fields of their own in braces, as in
/// `id,children{id,media_url}`.
struct FieldSelection: Sendable, Equatable {
    /// One name and what stands in its braces.
    struct Field: Sendable, Equatable {
        let name: String
        var fields: [Field] = []
    }

    /// In the order of the parameter; `id` comes with every answer, asked for or not.
    let fields: [Field]

    /// The fields of a post.
    static let media = [
        "id", "caption", "children", "comments_count", "like_count", "media_type", "media_url", "permalink",
        "timestamp",
    ]

    /// The fields of an album's child.
    static let child = ["id", "media_type", "media_url", "permalink"]

    /// Reads the parameter; nil or an empty text select `id` alone.
    ///
    /// - Throws: ``GraphError/unknownField(_:node:)`` for a name that posts or children do not have,
    ///   ``GraphError/invalidParameter(name:allowed:)`` when the braces do not match.
    init(_ text: String?) throws(GraphError) {
        var rest = (text ?? "")[...]
        let parsed = try Self.parse(&rest)
        guard rest.isEmpty else { throw Self.malformed }
        for field in parsed {
            guard Self.media.contains(field.name) else { throw .unknownField(field.name, node: "Media") }
            // Braces belong to an edge, and posts have no other.
            guard field.fields.isEmpty || field.name == "children" else { throw Self.malformed }
            for inner in field.fields {
                guard Self.child.contains(inner.name) else { throw .unknownField(inner.name, node: "Media") }
                guard inner.fields.isEmpty else { throw Self.malformed }
            }
        }
        fields = parsed
    }

    private static let malformed = GraphError.invalidParameter(name: "fields", allowed: "a list of names")

    private static func parse(_ rest: inout Substring) throws(GraphError) -> [Field] {
        var fields: [Field] = []
        while let first = rest.first, first != "}" {
            let name = rest.prefix { $0 != "," && $0 != "{" && $0 != "}" }
            guard !name.isEmpty else { throw malformed }
            rest.removeFirst(name.count)
            var field = Field(name: String(name))
            if rest.first == "{" {
                rest.removeFirst()
                field.fields = try parse(&rest)
                guard rest.first == "}", !field.fields.isEmpty else { throw malformed }
                rest.removeFirst()
            }
            fields.append(field)
            guard rest.first == "," else { break }
            rest.removeFirst()
        }
        return fields
    }
}
