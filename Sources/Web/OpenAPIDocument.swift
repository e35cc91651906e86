import Posts

/// The description of the whole HTTP interface in OpenAPI 3.1, as `/openapi.json` serves it.
struct OpenAPIDocument: Sendable {
    let title: String
    let version: String
    /// The hashtags that this service is asked for.
    let hashtags: [Hashtag]
    /// Whether readers have to show an access key.
    let needsKey: Bool

    /// Every operation, in the order in which a person reads them.
    var operations: [Operation] {
        Operation.status + Operation.latest(hashtags) + Operation.tags(hashtags) + Operation.media
            + Operation.feeds(hashtags) + Operation.events(hashtags) + Operation.embeds(hashtags) + Operation.assets
    }

    var json: JSON {
        .object([
            "openapi": "3.1.0",
            "info": .object([
                "title": .string(title),
                "version": .string(version),
                "summary": "The newest pictures posted under a hashtag.",
                "description": .string(Self.description),
                "license": .object(["name": "Apache License 2.0", "identifier": "Apache-2.0"]),
            ]),
            "servers": .array([.object(["url": "/"])]),
            "security": needsKey ? .array([.object(["bearer": .array([])]), .object(["key": .array([])])]) : nil,
            "paths": .object(operations.map { JSON.Member(key: $0.path, value: $0.json(needsKey: needsKey)) }),
            "components": .object([
                "schemas": Schema.all,
                "responses": Answer.shared(needsKey: needsKey),
                "headers": Answer.headers,
                "securitySchemes": needsKey ? Self.securitySchemes : nil,
            ]),
        ])
    }

    private static let description = """
        Answers come from memory: no request waits for an upstream service, but those for pictures. Every address is \
        read with GET, and HEAD answers as GET does without a body; other methods are refused with 405 and Allow. \
        Every cacheable answer has a strong ETag and honours If-None-Match and If-Modified-Since with 304. Errors are \
        JSON objects of the schema Envelope. Parameters that are not known are passed over.

        Pages of other origins may read every answer (CORS): Access-Control-Allow-Origin is *. A preflight, OPTIONS with \
        Access-Control-Request-Method, is answered with 204 on every address, and allows GET and HEAD with the header \
        fields Accept, Authorization, If-Modified-Since, If-None-Match and Last-Event-ID.
        """

    private static var securitySchemes: JSON {
        .object([
            "bearer": .object(["type": "http", "scheme": "bearer"]),
            "key": .object(["type": "apiKey", "in": "query", "name": .string(Credentials.parameter)]),
        ])
    }
}

/// The shapes of the bodies, in JSON Schema 2020-12.
enum Schema {
    static let count: JSON = .object(["type": "integer", "minimum": .integer(0)])
    static let envelope = reference("Envelope")
    static let hashtagList = reference("HashtagList")
    static let postList = reference("PostList")
    static let health = reference("Health")
    static let embed = reference("Embed")
    static let text: JSON = .object(["type": "string"])

    private static let flag: JSON = .object(["type": "boolean"])
    private static let timestamp: JSON = .object(["type": "string", "format": "date-time"])
    private static let address: JSON = .object(["type": "string", "format": "uri"])
    private static let path: JSON = .object(["type": "string", "pattern": "^/"])
    private static let state: JSON = .object([
        "type": "string", "enum": .array(HealthReport.State.allCases.map { .string($0.rawValue) }),
    ])

    /// All that are referred to by name.
    static var all: JSON {
        .object([
            "Envelope": object(
                required: ["status": text, "URI": text],
                description: "The one object of the original contract; URI is empty unless an address was asked for."),
            "HashtagList": object(required: ["tags": array(of: reference("Hashtag"))]),
            "Hashtag": object(
                required: ["name": text, "url": path, "posts": count, "pictures": count, "state": state],
                optional: ["newest": timestamp, "last_crawl": timestamp]),
            "PostList": object(
                required: [
                    "tag": text, "count": count, "total": count, "posts": array(of: reference("Post")),
                    "next": .object(["type": .array(["string", "null"])]),
                ]),
            "Post": object(
                required: [
                    "id": text, "source": text, "published": timestamp, "caption": text,
                    "sensitive": flag, "media": array(of: reference("Medium")),
                ],
                optional: [
                    "url": address, "author": reference("Author"), "language": text, "likes": count, "comments": count,
                ]),
            "Author": object(required: ["name": text], optional: ["url": address]),
            "Medium": object(
                required: ["type": .object(["enum": .array(["image", "video"])]), "url": address],
                optional: ["image": path, "width": count, "height": count, "alt": text, "blurhash": text],
                description: "A picture or video. Those with `image` are served by this service under that address."),
            "Embed": object(
                required: [
                    "version": text, "type": text, "title": text, "provider_name": text, "provider_url": address,
                    "cache_age": count, "width": count, "height": count, "html": text,
                ],
                description: "A rich embed, as oembed.com describes it."),
            "Health": healthReport,
            "Component": object(required: ["state": state], optional: ["message": text, "role": text]),
        ])
    }

    private static var healthReport: JSON {
        object(
            required: [
                "status": state,
                "crawler": reference("Component"),
                "storage": reference("Component"),
                "gallery": object(
                    required: ["version": count, "posts": count], optional: ["newest": timestamp]),
                "sources": array(
                    of: object(
                        required: ["hashtag": text, "source": text, "state": state],
                        optional: [
                            "last_crawl": timestamp, "last_success": timestamp, "next_crawl": timestamp,
                            "message": text,
                        ])),
                "budgets": array(
                    of: object(
                        required: ["source": text, "state": state],
                        optional: [
                            "used_percent": count, "hashtags_allowed": count, "hashtags_used": count,
                            "next_free": timestamp, "message": text,
                        ])),
            ],
            description: "How the parts of the service are; `status` is the worst of them.")
    }

    private static func reference(_ name: String) -> JSON {
        .object(["$ref": .string("#/components/schemas/\(name)")])
    }

    private static func array(of items: JSON) -> JSON { .object(["type": "array", "items": items]) }

    private static func object(
        required: KeyValuePairs<String, JSON>, optional: KeyValuePairs<String, JSON> = [:], description: String? = nil
    ) -> JSON {
        .object([
            "type": "object",
            "description": description.map { .string($0) },
            "required": .array(required.map { .string($0.key) }),
            "properties": .object(
                (Array(required) + Array(optional)).map { JSON.Member(key: $0.key, value: $0.value) }),
            "additionalProperties": .bool(false),
        ])
    }
}

/// A parameter of an operation.
struct Parameter: Sendable {
    enum Place: String, Sendable {
        case path
        case query
        case header
    }

    let name: String
    let place: Place
    let description: String
    let schema: JSON
    /// Whether the request must have it; a path always does.
    var isRequired = false

    var json: JSON {
        .object([
            "name": .string(name),
            "in": .string(place.rawValue),
            "required": .bool(place == .path || isRequired),
            "description": .string(description),
            "schema": schema,
        ])
    }
}

extension Parameter {
    static func tag(_ hashtags: [Hashtag]) -> Parameter {
        let one = "(\(hashtags.map(\.name).joined(separator: "|")))"
        return Parameter(
            name: "tag", place: .path,
            description:
                "A configured hashtag, without #, or several joined by +, for the posts of any of them; compared "
                + "without regard to case.",
            schema: .object(["type": "string", "pattern": .string("^\(one)(\\+\(one))*$")]))
    }

    /// One of some words.
    static func choice(_ name: String, of values: [String], _ description: String) -> Parameter {
        Parameter(
            name: name, place: .query, description: description,
            schema: .object(["type": "string", "enum": .array(values.map(JSON.string))]))
    }

    /// A whole number.
    static func number(_ name: String, _ allowed: ClosedRange<Int>, _ description: String) -> Parameter {
        Parameter(
            name: name, place: .query, description: description,
            schema: .object([
                "type": "integer", "minimum": .integer(Int64(allowed.lowerBound)),
                "maximum": .integer(Int64(allowed.upperBound)),
            ]))
    }

    static let n = Parameter(
        name: "n", place: .path, description: "Which picture: 0 is the newest.", schema: Schema.count)

    static let limit = Parameter(
        name: "limit", place: .query, description: "How many posts at most.",
        schema: .object([
            "type": "integer", "minimum": .integer(Int64(PageQuery.limits.lowerBound)),
            "maximum": .integer(Int64(PageQuery.limits.upperBound)),
            "default": .integer(Int64(PageQuery.defaultLimit)),
        ]))

    static let before = Parameter(
        name: "before", place: .query, description: "Where the page begins: the `next` of an earlier page.",
        schema: .object(["type": "string", "pattern": #"^-?[0-9]{1,18}:[^:]+:.+$"#]))

    static let media = [
        Parameter(
            name: "source", place: .path, description: "The name of the source.", schema: .object(["type": "string"])),
        Parameter(
            name: "post", place: .path, description: "The id that the source gave the post.",
            schema: .object(["type": "string"])),
        Parameter(
            name: "index", place: .path, description: "The place among the media of the post, from 0.",
            schema: Schema.count),
    ]
}

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
