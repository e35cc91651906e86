import Pictures
import Posts

/// What `GET` of one address does.
struct Operation: Sendable {
    /// With its parameters in braces, as the router writes them.
    let path: String
    /// A name for generated clients, unique.
    let id: String
    let tag: String
    let summary: String
    /// What else is to be said of it.
    var description: String?
    var parameters: [Parameter] = []
    /// What may come back beside the errors that every address shares.
    let answers: [Answer]
    /// Whether it is for everybody, key or not.
    var isOpen = false

    func json(needsKey: Bool) -> JSON {
        var answers = answers
        answers += [.shared(400), .shared(414), .shared(429), .shared(431), .shared(503)]
        if needsKey && !isOpen { answers.append(.shared(401)) }
        answers.sort { $0.status < $1.status }
        return .object([
            "get": .object([
                "operationId": .string(id),
                "tags": .array([.string(tag)]),
                "summary": .string(summary),
                "description": description.map(JSON.string),
                "parameters": parameters.isEmpty ? nil : .array(parameters.map(\.json)),
                "responses": .object(answers.map { JSON.Member(key: String($0.status), value: $0.json) }),
                "security": needsKey && isOpen ? .array([]) : nil,
            ])
        ])
    }
}

extension Operation {
    /// How the service is, and what describes it.
    static var status: [Operation] {
        [
            Operation(
                path: "/", id: "getFrontPage", tag: "service",
                summary: "The status, or the gallery of all hashtags where HTML is preferred.",
                description: "Where the status is the answer, the parameters are passed over.",
                parameters: [.limit, .before] + Parameter.filters,
                answers: [.negotiated("All is well, or the page.", Schema.envelope), .shared(304)]),
            Operation(
                path: "/status", id: "getStatus", tag: "service", summary: "Whether the service answers.",
                answers: [.json("It does.", Schema.envelope), .shared(304)], isOpen: true),
            Operation(
                path: "/health", id: "getHealth", tag: "service",
                summary: "How crawler, storage and each source are, and why.",
                answers: [.json("The service answers; the body says how its parts are.", Schema.health), .shared(304)],
                isOpen: true),
            Operation(
                path: "/metrics", id: "getMetrics", tag: "service", summary: "What is counted, for Prometheus.",
                answers: [
                    .ok("In the text format, version 0.0.4.", [("text/plain", Schema.text)]), .shared(304),
                ]),
            Operation(
                path: "/openapi.json", id: "getDescription", tag: "service", summary: "This description.",
                answers: [.json("In OpenAPI 3.1.", .object(["type": "object"])), .shared(304)]),
        ]
    }

    /// The newest picture, of the first hashtag and of each.
    static func latest(_ hashtags: [Hashtag]) -> [Operation] {
        ["", "/tags/{tag}"].flatMap { prefix in
            let isOfTag = !prefix.isEmpty
            let (path, filters) = isOfTag ? ([Parameter.tag(hashtags)], Parameter.filters) : ([], [])
            let whose = isOfTag ? "of a hashtag" : "of the first hashtag"
            let name = isOfTag ? "LatestOfTag" : "Latest"
            // Filters may leave nothing, too.
            let missing: [Answer] = isOfTag ? [.shared(404), .shared(416)] : []
            let beyond = isOfTag ? missing : [.shared(416)]
            let address = Answer.json("Its address is in URI.", Schema.envelope)
            return [
                Operation(
                    path: "\(prefix)/latest", id: "get\(name)", tag: "latest",
                    summary: "The address of the newest picture \(whose).", parameters: path + filters,
                    answers: [address, .shared(304)] + missing),
                Operation(
                    path: "\(prefix)/latest/{n}", id: "get\(name)ByNumber", tag: "latest",
                    summary: "The address of the n-th newest picture \(whose).", parameters: path + [.n] + filters,
                    answers: [address, .shared(304)] + beyond),
                Operation(
                    path: "\(prefix)/latest/image", id: "get\(name)Image", tag: "latest",
                    summary: "The newest picture \(whose) itself.", parameters: path + filters,
                    answers: [.picture, .shared(304), .shared(308)] + missing),
                Operation(
                    path: "\(prefix)/latest/{n}/image", id: "get\(name)ImageByNumber", tag: "latest",
                    summary: "The n-th newest picture \(whose) itself.", parameters: path + [.n] + filters,
                    answers: [.picture, .shared(304), .shared(308)] + beyond),
            ]
        }
    }

    /// The hashtags and their posts.
    static func tags(_ hashtags: [Hashtag]) -> [Operation] {
        [
            Operation(
                path: "/tags", id: "getTags", tag: "posts", summary: "The hashtags, and how their crawls go.",
                answers: [.negotiated("All hashtags.", Schema.hashtagList), .shared(304)]),
            Operation(
                path: "/tags/{tag}", id: "getPosts", tag: "posts", summary: "The posts of a hashtag, newest first.",
                parameters: [.tag(hashtags), .limit, .before] + Parameter.filters,
                answers: [.negotiated("A page of posts.", Schema.postList), .shared(304), .shared(404)]),
        ]
    }

    /// Pictures under an address that stays.
    static var media: [Operation] {
        [
            Operation(
                path: "/media/{source}/{post}/{index}", id: "getPicture", tag: "posts",
                summary: "One picture of one post, for good.", parameters: Parameter.media,
                answers: [.picture, .shared(304), .shared(308), .shared(404), .shared(415)])
        ]
    }

    /// What pages consist of.
    static var assets: [Operation] {
        [
            Operation(
                path: Stylesheet.asset.path, id: "getStylesheet", tag: "assets", summary: "How pages look.",
                answers: [.ok("CSS.", [("text/css", Schema.text)]), .shared(304)]),
            Operation(
                path: EmbedStylesheet.asset.path, id: "getEmbedStylesheet", tag: "assets", summary: "How embeds look.",
                answers: [.ok("CSS.", [("text/css", Schema.text)]), .shared(304)]),
            Operation(
                path: LiveScript.asset.path, id: "getLiveScript", tag: "assets",
                summary: "Puts new pictures into pages as they are found.",
                answers: [.ok("JavaScript.", [("text/javascript", Schema.text)]), .shared(304)]),
            Operation(
                path: Favicon.path, id: "getFavicon", tag: "assets", summary: "The sign of the service.",
                answers: [.ok("SVG.", [("image/svg+xml", Schema.text)]), .shared(304)]),
        ]
    }
}

extension Answer {
    /// 200 with a picture.
    fileprivate static var picture: Answer {
        .ok("The picture.", ImageType.allCases.map { ($0.mediaType, nil) })
    }
}

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

/// A response of an operation.
struct Answer: Sendable {
    let status: Int
    let json: JSON
}

extension Answer {
    /// 200 with a body of these types and what caches need to know. A body without a schema is bytes.
    static func ok(
        _ description: String, _ content: [(type: String, schema: JSON?)],
        headers: [String] = ["ETag", "Cache-Control"]
    ) -> Answer {
        Answer(
            status: 200,
            json: .object([
                "description": .string(description),
                "headers": Self.references(headers + everywhere),
                "content": .object(
                    content.map { JSON.Member(key: $0.type, value: .object(["schema": $0.schema])) }),
            ]))
    }

    /// 200 with JSON.
    static func json(_ description: String, _ schema: JSON) -> Answer {
        ok(description, [(JSON.contentType, schema)])
    }

    /// 200 with JSON, or a page where HTML is preferred.
    static func negotiated(_ description: String, _ schema: JSON) -> Answer {
        ok(
            description, [(JSON.contentType, schema), ("text/html", .object(["type": "string"]))],
            headers: ["ETag", "Cache-Control", "Vary"])
    }

    /// One that is described once, for all operations.
    static func shared(_ status: Int) -> Answer {
        Answer(status: status, json: .object(["$ref": .string("#/components/responses/\(status)")]))
    }

    /// What ``shared(_:)`` refers to.
    static func shared(needsKey: Bool) -> JSON {
        var all: [(status: Int, description: String, headers: [String])] = [
            (400, "The request is malformed, or a parameter is not what is allowed: then the text says what is.", []),
            (404, "There is nothing here.", []),
            (414, "The address is too long.", []),
            (415, "It is a video, and only pictures are served.", []),
            (416, "There is no picture of that number.", []),
            (429, "Too many requests from this network: ask again after the time in Retry-After.", ["Retry-After"]),
            (431, "The header is too large.", []),
            (501, "This form is not offered.", []),
            (503, "Nothing has been found yet, or the picture cannot be had now.", ["Retry-After"]),
        ]
        if needsKey { all.append((401, "The access key is missing or wrong.", ["WWW-Authenticate"])) }
        let errors = all.map { status, description, headers in
            JSON.Member(
                key: String(status),
                value: .object([
                    "description": .string(description),
                    "headers": references(headers + everywhere),
                    "content": .object([JSON.contentType: .object(["schema": Schema.envelope])]),
                ]))
        }
        let notModified = JSON.Member(
            key: "304",
            value: .object([
                "description": "The reader has this version already.",
                "headers": references(["ETag", "Cache-Control"] + everywhere),
            ]))
        let moved = JSON.Member(
            key: "308",
            value: .object([
                "description": "The picture has another address: each picture has one spelling.",
                "headers": references(["Location", "Cache-Control"] + everywhere),
            ]))
        return .object([notModified, moved] + errors)
    }

    /// The header fields that every answer has.
    private static let everywhere = ["Access-Control-Allow-Origin", "Access-Control-Expose-Headers"]

    /// The header fields that answers refer to.
    static var headers: JSON {
        .object([
            "Location": header("The address of the picture.", #"^/.+"#),
            "ETag": header("Tells versions apart. Weak (W/) when nginx has compressed the answer.", #"^(W/)?".+"$"#),
            "Cache-Control": header("What caches may do with the answer."),
            "Vary": header("The request's fields that the response depends on.", "Accept"),
            "Retry-After": header("Seconds until it is worth asking again.", "^[0-9]+$"),
            "Access-Control-Allow-Origin": header("Scripts of every origin may read the answer.", #"^\*$"#),
            "Access-Control-Expose-Headers": header("The header fields that they may read beside the usual ones."),
            "WWW-Authenticate": header("How the key is shown.", "^Bearer"),
        ])
    }

    private static func header(_ description: String, _ pattern: String? = nil) -> JSON {
        .object([
            "description": .string(description),
            "required": .bool(true),
            "schema": .object(["type": "string", "pattern": pattern.map { .string($0) }]),
        ])
    }

    private static func references(_ names: [String]) -> JSON {
        .object(
            names.map { name in
                JSON.Member(key: name, value: .object(["$ref": .string("#/components/headers/\(name)")]))
            })
    }
}
