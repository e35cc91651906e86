/// A post as Mastodon shows it.
struct MastodonStatusNode: Sendable {
    let post: SandboxPost
    /// Addresses start with it.
    let origin: String
    let manners: SandboxConfiguration.Manners

    var json: JSONValue {
        let person = Person(of: post)
        let id = "\(post.statusID)"
        return .object([
            "id": .string(id),
            "created_at": .string(Timestamp.milliseconds(post.published)),
            "sensitive": .bool(post.number.isMultiple(of: 17)),
            "spoiler_text": .string(post.number.isMultiple(of: 34) ? "Bright colours" : ""),
            "visibility": .string(post.number.isMultiple(of: 5) ? "unlisted" : "public"),
            "language": post.number.isMultiple(of: 7) ? .null : .string("en"),
            "uri": .string("\(origin)/users/\(person.account)/statuses/\(id)"),
            // Some servers name no page.
            "url": post.number.isMultiple(of: 11) ? .null : .string("\(origin)/@\(person.account)/\(id)"),
            "replies_count": .number(post.commentsCount),
            "reblogs_count": .number(post.commentsCount / 2),
            "favourites_count": .number(post.likeCount ?? 0),
            "edited_at": .null,
            "reblog": .null,
            "content": .string(content),
            "pf_type": manners == .pixelfed ? .string(post.children.isEmpty ? "photo" : "photo:album") : nil,
            "account": .object([
                "id": .string("\(Dice.hash(person.account) % 1_000_000)"), "username": .string(person.account),
                "acct": .string(person.account), "display_name": .string(person.name),
                "url": .string("\(origin)/@\(person.account)"),
            ]),
            "tags": .array(
                post.hashtags.map { .object(["name": .string($0), "url": .string("\(origin)/tags/\($0)")]) }),
            "media_attachments": .array(MastodonAttachments(post: post, origin: origin).json),
        ])
    }

    /// The caption as HTML, with links of its hashtags.
    private var content: String {
        let lines = post.caption.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: " ", omittingEmptySubsequences: false).map(word).joined(separator: " ")
        }
        return "<p>\(lines.joined(separator: "<br />"))</p>"
    }

    private func word(_ word: Substring) -> String {
        let text = Self.escaped(word)
        guard word.hasPrefix("#"), let name = SandboxHashtag(name: word)?.name else { return text }
        let address = "\(origin)/tags/\(name.percentEncoded)"
        return "<a href=\"\(address)\" class=\"mention hashtag\" rel=\"tag\">#<span>\(text.dropFirst())</span></a>"
    }

    private static func escaped(_ text: Substring) -> String {
        String(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
