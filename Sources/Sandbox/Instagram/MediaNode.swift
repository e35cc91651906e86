/// A post as the Graph API shows it.
struct MediaNode: Sendable {
    let post: SandboxPost

    /// The origin of the sandbox, as the client wrote it: addresses start with it.
    let origin: String

    /// When it is shown, in seconds since 1970, and how long the addresses of its pictures last.
    let time: Double
    let lifetime: Duration

    /// The fields that were asked for, of those that the post has: absent ones are left out.
    func json(_ selection: FieldSelection) -> JSONValue {
        // Upstream adds the id whether or not it was asked for.
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
