extension StringProtocol {
    /// This text as it may stand in one line of a log or an error: at most `limit` characters
    /// (Unicode scalars) of it, and what would break the line, hide or reorder it written out as
    /// `\u{…}`.
    func excerpt(_ limit: Int = 300) -> String {
        var result = ""
        for scalar in unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        if unicodeScalars.dropFirst(limit).first != nil { result += "…" }
        return result
    }
}
