import Crawler

extension Parameter {
    /// What picks posts out of a list, as ``PostFilter`` reads it.
    static let filters = [
        choice("type", of: ["image", "video"], "Only posts that have a medium of this kind."),
        Parameter(
            name: "source", place: .query, description: "Only posts from any of these sources.",
            schema: .object([
                "type": "array", "maxItems": .integer(Int64(PostFilter.sourceLimits.count)),
                "items": .object([
                    "type": "string", "pattern": "^[a-z0-9._-]+$",
                    "maxLength": .integer(Int64(PostFilter.sourceLimits.length)),
                ]),
            ])),
        words("q", "Only posts that have all of these words in their caption."),
        words("not", "Only posts that have none of these words in their caption."),
        choice("alt", of: ["required"], "Only posts that describe each of their pictures and videos."),
        choice(
            "orientation", of: Orientation.allCases.map(\.rawValue), "Only posts whose first picture has this shape."),
    ]

    private static func words(_ name: String, _ description: String) -> Parameter {
        let limits = PostFilter.wordLimits
        return Parameter(
            name: name, place: .query,
            description: "\(description) Spaces separate them, at most \(limits.count). Given several times, it is "
                + "read as one with spaces between.",
            schema: .object([
                "type": "string", "maxLength": .integer(Int64(limits.length)),
                "pattern": .string("^ *([^ ]+ +){0,\(limits.count - 1)}[^ ]* *$"),
            ]))
    }
}
