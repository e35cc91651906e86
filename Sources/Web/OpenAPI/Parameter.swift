import Crawler

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
