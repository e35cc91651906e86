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
