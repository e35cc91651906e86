import Crawler

extension Operation {
    /// New posts as they are found.
    static func events(_ hashtags: [Hashtag]) -> [Operation] {
        let stream = Answer.ok(
            "Server-sent events without an end: a `post` for each new post, and a comment every 15 s.",
            [("text/event-stream", Schema.text)], headers: ["Cache-Control"])
        return [
            Operation(
                path: "/events", id: "getEvents", tag: "posts",
                summary: "New posts of all hashtags as they are found.",
                parameters: [.view, .after, .lastEventID] + Parameter.filters, answers: [stream]),
            Operation(
                path: "/tags/{tag}/events", id: "getEventsOfTag", tag: "posts",
                summary: "New posts of a hashtag as they are found.",
                parameters: [.tag(hashtags), .view, .after, .lastEventID] + Parameter.filters,
                answers: [stream, .shared(404)]),
        ]
    }

    /// The pictures on other people's pages.
    static func embeds(_ hashtags: [Hashtag]) -> [Operation] {
        [
            Operation(
                path: "/embed/{tag}", id: "getEmbed", tag: "embeds",
                summary: "The newest pictures of a hashtag, for an iframe.",
                parameters: [.tag(hashtags), .embedCount, .columns, .theme] + Parameter.filters,
                answers: [.ok("A page.", [("text/html", Schema.text)]), .shared(304), .shared(404)]),
            Operation(
                path: "/oembed", id: "getOEmbed", tag: "embeds",
                summary: "How to embed what the address of a hashtag's page or embed leads to (oembed.com).",
                parameters: [.pageAddress, .pixels("maxwidth"), .pixels("maxheight"), .format],
                answers: [.json("A rich embed.", Schema.embed), .shared(304), .shared(404), .shared(501)]),
        ]
    }
}

extension Parameter {
    fileprivate static let view = choice(
        "view", of: ["json", "card"], "What the data of an event hold: the post, or the card of the gallery.")
    fileprivate static let theme = choice("theme", of: EmbedQuery.Theme.allCases.map(\.rawValue), "Which colours.")
    fileprivate static let format = choice("format", of: ["json"], "The form of the answer; xml is not offered (501).")
    fileprivate static let embedCount = number("count", EmbedQuery.counts, "How many pictures at most.")
    fileprivate static let columns = number("columns", EmbedQuery.columnCounts, "How many stand side by side.")

    fileprivate static let after = Parameter(
        name: "after", place: .query,
        description: "The id of the last event that is known, as `Last-Event-ID` has it; any other starts now.",
        schema: Schema.text)

    fileprivate static let lastEventID = Parameter(
        name: "Last-Event-ID", place: .header,
        description: "The id of the last event that is known; counts more than `after`.", schema: Schema.text)

    fileprivate static let pageAddress = Parameter(
        name: "url", place: .query, description: "The address of a hashtag's page or embed on this service.",
        schema: .object(["type": "string", "format": "uri"]), isRequired: true)

    fileprivate static func pixels(_ name: String) -> Parameter {
        Parameter(
            name: name, place: .query, description: "The room that there is, in pixels.",
            schema: .object([
                "type": "integer", "minimum": .integer(Int64(OEmbed.smallest)), "maximum": .integer(100_000),
            ]))
    }
}
