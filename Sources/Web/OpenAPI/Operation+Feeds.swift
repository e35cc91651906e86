import Crawler

extension Operation {
    /// The feeds, of all hashtags and of each.
    static func feeds(_ hashtags: [Hashtag]) -> [Operation] {
        ["", "/tags/{tag}"].flatMap { prefix in
            FeedFormat.allCases.map { format in
                let isOfTag = !prefix.isEmpty
                let missing: [Answer] = isOfTag ? [.shared(404)] : []
                return Operation(
                    path: "\(prefix)/\(format.file)", id: "get\(format.name)Feed\(isOfTag ? "OfTag" : "")",
                    tag: "feeds",
                    summary: "The newest posts \(isOfTag ? "of a hashtag" : "of all hashtags") as a feed.",
                    parameters: (isOfTag ? [Parameter.tag(hashtags)] : []) + [.limit, .before]
                        + Parameter.filters,
                    answers: [.ok("The feed.", [(format.mediaType, format.schema)]), .shared(304)] + missing)
            }
        }
    }
}

extension FeedFormat {
    fileprivate var name: String {
        switch self {
        case .atom: "Atom"
        case .rss: "RSS"
        case .json: "JSON"
        }
    }

    fileprivate var schema: JSON { self == .json ? .object(["type": "object"]) : Schema.text }
}
