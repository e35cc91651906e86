/// The lists of a hashtag's posts. Each raw value is the last part of the path.
enum MediaEdge: String, Sendable, CaseIterable {
    case recent = "recent_media"
    case top = "top_media"

    /// The prefix of the list's cursors. A cursor of another list is refused.
    var cursorPrefix: String {
        switch self {
        case .recent: "QVFIUr"
        case .top: "QVFIUt"
        }
    }

    /// Returns the posts of a page.
    func posts(
        of hashtag: SandboxHashtag,
        in world: SandboxWorld,
        at time: Double,
        after cursor: GraphCursor?,
        limit: Int
    ) -> [SandboxPost] {
        switch self {
        case .recent: world.recent(hashtag, at: time, after: cursor?.number, limit: limit)
        case .top: world.top(hashtag, at: time, after: cursor?.number, limit: limit)
        }
    }
}

/// A post in the Graph API.
struct MediaNode: Sendable {
    let post: SandboxPost

    /// The origin of the sandbox as the client wrote it, which starts all addresses.
    let origin: String

    /// The time of the response, in seconds since 1970, and the lifetime of picture addresses.
    let time: Double
    let lifetime: Duration

    /// Returns the requested fields that the post has.
    func json(_ selection: FieldSelection) -> JSONValue {
        // Upstream adds the ID even if it is not requested.
        let hasID = selection.fields.contains { $0.name == "id" }
        let asked = hasID ? selection.fields : selection.fields + [.init(name: "id")]
        return .object(
            asked.compactMap { field in value(of: field).map { JSONValue.Member(key: field.name, value: $0) } }
        )
    }

    private func value(of field: FieldSelection.Field) -> JSONValue? {
        switch field.name {
        case "id": .string(post.id)
        case "caption": .string(post.caption)
        case "children": children(field.fields)
        case "comments_count": .number(post.commentsCount)
        case "like_count": post.likeCount.map { .number($0) }
        case "media_type": .string(post.mediaType)
        case "media_url": post.medium.map { .string(address(of: $0)) }
        case "permalink": .string(post.permalink)
        case "timestamp": .string(post.timestamp)
        default: nil
        }
    }

    private func children(_ fields: [FieldSelection.Field]) -> JSONValue? {
        guard !post.children.isEmpty else { return nil }
        let asked = fields.map(\.name).filter { $0 != "id" } + ["id"]
        let children = post.children.map { child in
            JSONValue.object(
                asked.compactMap { name in value(of: name, in: child).map { JSONValue.Member(key: name, value: $0) } }
            )
        }
        return .object(["data": .array(children)])
    }

    private func value(of name: String, in child: SandboxMedia) -> JSONValue? {
        switch name {
        case "id": .string(child.id)
        case "media_type": .string(child.kind.rawValue)
        case "media_url": .string(address(of: child))
        case "permalink": .string(PostMaker.permalink(code: child.id))
        default: nil
        }
    }

    private func address(of medium: SandboxMedia) -> String { origin + medium.path(at: time, lifetime: lifetime) }
}

/// The parameter `fields`: names separated by commas, some with fields of their own in braces, as in
/// `id,children{id,media_url}`.
struct FieldSelection: Sendable, Equatable {
    /// A name and the fields in its braces.
    struct Field: Sendable, Equatable {
        let name: String
        var fields: [Field] = []
    }

    /// The fields in the order of the parameter. Every response contains `id`, requested or not.
    let fields: [Field]

    /// The fields of a post.
    static let media = [
        "id", "caption", "children", "comments_count", "like_count", "media_type", "media_url", "permalink",
        "timestamp",
    ]

    /// The fields of a child of an album.
    static let child = ["id", "media_type", "media_url", "permalink"]

    /// Parses the parameter; `nil` and an empty text select only `id`.
    ///
    /// - Throws: ``GraphRefusal/unknownField(_:node:)`` for a field that posts or children do not have,
    ///   ``GraphRefusal/invalidParameter(name:allowed:)`` if the braces do not match.
    init(_ text: String?) throws(GraphRefusal) {
        var rest = (text ?? "")[...]
        let parsed = try Self.parse(&rest)
        guard rest.isEmpty else { throw Self.malformed }
        for field in parsed {
            guard Self.media.contains(field.name) else { throw .unknownField(field.name, node: "Media") }
            // Only the edge `children` has braces.
            guard field.fields.isEmpty || field.name == "children" else { throw Self.malformed }
            for inner in field.fields {
                guard Self.child.contains(inner.name) else { throw .unknownField(inner.name, node: "Media") }
                guard inner.fields.isEmpty else { throw Self.malformed }
            }
        }
        fields = parsed
    }

    private static let malformed = GraphRefusal.invalidParameter(name: "fields", allowed: "a list of names")

    private static func parse(_ rest: inout Substring) throws(GraphRefusal) -> [Field] {
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
