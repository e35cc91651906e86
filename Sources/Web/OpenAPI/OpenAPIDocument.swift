import Crawler

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
