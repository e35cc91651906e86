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
