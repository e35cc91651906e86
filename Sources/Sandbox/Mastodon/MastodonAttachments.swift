/// The files of a post as Mastodon shows them, the odd ones among them.
struct MastodonAttachments: Sendable {
    let post: SandboxPost
    /// Addresses start with it.
    let origin: String

    var json: [JSONValue] {
        var nodes = (post.medium.map { [$0] } ?? post.children).map(node)
        // `only_media` admits these as well.
        if post.number.isMultiple(of: 23) { nodes.insert(sound, at: 0) }
        if post.number.isMultiple(of: 29) { nodes.append(unknown) }
        return nodes
    }

    private func node(_ medium: SandboxMedia) -> JSONValue {
        let size = MediaID(medium.id).map { PictureFrame(of: $0) }
        let address = JSONValue.string(origin + medium.plainPath)
        // A file that the server still works on has no address yet.
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
