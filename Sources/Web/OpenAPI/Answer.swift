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
