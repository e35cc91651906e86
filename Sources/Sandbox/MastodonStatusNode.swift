import Posts

/// A post in Mastodon's API.
struct MastodonStatusNode: Sendable {
    let post: SandboxPost
    /// The start of all addresses.
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
            // Some servers give no page.
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

    /// The caption as HTML, with linked hashtags.
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

/// The media attachments of a post in Mastodon's API, including unusual ones.
struct MastodonAttachments: Sendable {
    let post: SandboxPost
    /// The start of all addresses.
    let origin: String

    var json: [JSONValue] {
        var nodes = (post.medium.map { [$0] } ?? post.children).map(node)
        // The filter `only_media` also accepts audio.
        if post.number.isMultiple(of: 23) { nodes.insert(sound, at: 0) }
        if post.number.isMultiple(of: 29) { nodes.append(unknown) }
        return nodes
    }

    private func node(_ medium: SandboxMedia) -> JSONValue {
        let size = MediaID(medium.id).map { PictureFrame(of: $0) }
        let address = JSONValue.string(origin + medium.plainPath)
        // A file that the server still processes has no address yet.
        let isWorkedOn = post.number.isMultiple(of: 13)
        let type = medium.kind == .image ? "image" : post.number.isMultiple(of: 2) ? "gifv" : "video"
        return .object([
            "id": .string(medium.id),
            "type": .string(type),
            "url": isWorkedOn ? .null : address,
            "preview_url": medium.kind == .image ? address : .string("\(origin)/media/\(medium.id).png"),
            "remote_url": .null,
            "description": post.number.isMultiple(of: 3)
                ? .null : .string("A made-up picture, number \(post.number)"),
            "blurhash": .string("LEHV6nWB2yk8pyo0adR*.7kCMdnj"),
            "meta": size.map(meta),
        ])
    }

    private func meta(_ size: PictureFrame) -> JSONValue {
        func object(_ width: Int, _ height: Int) -> JSONValue {
            .object(["width": .number(width), "height": .number(height), "size": .string("\(width)x\(height)")])
        }
        return .object([
            "original": object(size.width, size.height), "small": object(size.width / 2, size.height / 2),
            "focus": .object(["x": .number(0), "y": .number(0)]),
        ])
    }

    private var sound: JSONValue {
        .object([
            "id": .string("1\(post.id)"), "type": .string("audio"), "url": .string("\(origin)/media/\(post.id).mp3"),
            "preview_url": .null, "remote_url": .null, "description": .null, "blurhash": .null,
        ])
    }

    private var unknown: JSONValue {
        .object([
            "id": .string("2\(post.id)"), "type": .string("unknown"), "url": .null, "preview_url": .null,
            "remote_url": .string("https://remote.invalid/\(post.id).png"), "description": .null, "blurhash": .null,
        ])
    }
}
