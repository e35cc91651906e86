/// Which page of a list is asked for.
struct PageQuery: Sendable, Equatable {
    static let defaultLimit = 20
    static let limits = 1...100

    /// How many posts at most.
    var limit = Self.defaultLimit
    /// Where the page begins; `nil` for the newest.
    var before: PageCursor?

    /// - Throws: ``Refusal/badRequest(_:)`` that says what is allowed.
    init(_ parameters: QueryParameters) throws(Refusal) {
        if let text = parameters["limit"] {
            guard let number = DecimalNumber(text)?.value, Self.limits.contains(number) else {
                throw .badRequest(
                    "limit must be a whole number from \(Self.limits.lowerBound) to \(Self.limits.upperBound)"
                )
            }
            limit = number
        }
        if let text = parameters["before"] {
            guard let cursor = PageCursor(text) else {
                throw .badRequest("before must be the \"next\" of an earlier page")
            }
            before = cursor
        }
    }

    /// The query that asks for the page after a cursor.
    func address(_ path: String, before cursor: PageCursor) -> String {
        let limit = limit == Self.defaultLimit ? "" : "&limit=\(limit)"
        return "\(path)?before=\(PercentEncoding.encode(cursor.text))\(limit)"
    }
}
