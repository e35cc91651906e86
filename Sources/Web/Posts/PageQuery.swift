/// Which page of a list is asked for, and which posts of the list.
struct PageQuery: Sendable, Hashable {
    static let defaultLimit = 20
    static let limits = 1...100

    /// How many posts at most.
    var limit = Self.defaultLimit
    /// Where the page begins; `nil` for the newest.
    var before: PageCursor?
    /// Which posts of the list.
    var filter = PostFilter()

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
        filter = try PostFilter(parameters)
    }

    /// The address that asks for this page.
    func address(_ path: String) -> String {
        var parameters = before.map { ["before=\(PercentEncoding.encode($0.text))"] } ?? []
        if limit != Self.defaultLimit { parameters.append("limit=\(limit)") }
        parameters += filter.parameters
        return parameters.isEmpty ? path : "\(path)?\(parameters.joined(separator: "&"))"
    }

    /// The address that asks for the page after a cursor.
    func address(_ path: String, before cursor: PageCursor) -> String {
        var page = self
        page.before = cursor
        return page.address(path)
    }

    /// The address of the first page.
    func firstAddress(_ path: String) -> String {
        var page = self
        page.before = nil
        return page.address(path)
    }
}
