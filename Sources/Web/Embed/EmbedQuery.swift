/// How an embed shall look.
struct EmbedQuery: Sendable, Equatable {
    /// Which colours it has.
    enum Theme: String, CaseIterable, Sendable {
        /// As the reader's system has it.
        case auto
        case light
        case dark
    }

    static let counts = 1...50
    static let columnCounts = 1...6

    /// How many pictures at most.
    var count = 9
    /// How many stand side by side.
    var columns = 3
    var theme = Theme.auto

    /// - Throws: ``Refusal/badRequest(_:)`` that says what is allowed.
    init(_ parameters: QueryParameters) throws(Refusal) {
        count = try Self.number("count", of: parameters, in: Self.counts) ?? count
        columns = try Self.number("columns", of: parameters, in: Self.columnCounts) ?? columns
        if let text = parameters["theme"] {
            guard let theme = Theme(rawValue: text) else { throw .badRequest("theme must be auto, light or dark") }
            self.theme = theme
        }
    }

    /// The parameters that ask for the same, without what is so anyway.
    var parameters: [String] {
        let standard = Self()
        return [
            count == standard.count ? nil : "count=\(count)",
            columns == standard.columns ? nil : "columns=\(columns)",
            theme == standard.theme ? nil : "theme=\(theme.rawValue)",
        ].compactMap(\.self)
    }

    /// How many rows there are when all pictures are there.
    var rows: Int { (count + columns - 1) / columns }

    private init() {}

    private static func number(
        _ name: String, of parameters: QueryParameters, in allowed: ClosedRange<Int>
    ) throws(Refusal) -> Int? {
        guard let text = parameters[name] else { return nil }
        guard let number = DecimalNumber(text)?.value, allowed.contains(number) else {
            throw .badRequest("\(name) must be a whole number from \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        return number
    }
}
