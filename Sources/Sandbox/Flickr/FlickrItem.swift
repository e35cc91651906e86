/// A post as Flickr's feed shows it.
struct FlickrItem: Sendable {
    let post: SandboxPost
    /// Addresses start with it.
    let origin: String

    /// The small picture alone is named, as upstream does; the large one is not always there.
    var json: JSONValue {
        let person = Person(of: post)
        let page = "\(origin)/photos/\(person.account)/\(post.id)/"
        let picture = origin + (post.medium?.path(ofSize: "m") ?? "")
        let title = post.caption.prefix { $0 != "\n" }
        return .object([
            "title": .string(String(title)),
            "link": .string(page),
            "media": .object(["m": .string(picture)]),
            // The camera's own time, which is somebody's local one.
            "date_taken": .string("\(Timestamp.zulu(post.published - 90_000).dropLast())-08:00"),
            "description": .string(
                "<p><a href=\"\(origin)/people/\(person.account)/\">\(person.account)</a> posted a photo:</p>\n\n"
                    + "<p><a href=\"\(page)\"><img src=\"\(picture)\" width=\"240\" height=\"160\" /></a></p>"),
            "published": .string(Timestamp.zulu(post.published)),
            "author": .string("nobody@flickr.com (\"\(person.name.isEmpty ? person.account : person.name)\")"),
            "author_id": .string("\(Dice.hash(person.account) % 100_000_000)@N00"),
            "tags": .string(post.hashtags.joined(separator: " ")),
        ])
    }
}
