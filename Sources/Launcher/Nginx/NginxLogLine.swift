import Logging

/// A line of nginx's error log: `2026/01/31 12:00:00 [error] 7#7: *3 what happened, client: …, request: "…"`.
struct NginxLogLine: Sendable, Equatable {
    let level: Logger.Level
    /// What happened, without the time, which the log has itself, and without the queries of addresses, which may hold
    /// a key.
    let message: String

    /// - Returns: nil for an empty line. One of another form is taken as it is.
    init?(_ line: some StringProtocol) {
        guard !line.isEmpty else { return nil }
        var level = Logger.Level.notice
        var rest = Substring(line)
        if let open = rest.firstRange(of: " ["), let close = rest[open.upperBound...].firstRange(of: "] ") {
            level = Self.levels[String(rest[open.upperBound..<close.lowerBound])] ?? .notice
            rest = rest[close.upperBound...]
        }
        self.level = level
        message = ["request: \"", "referrer: \"", "upstream: \""].reduce(String(rest)) {
            Self.withoutQuery($0, after: $1)
        }
    }

    private static let levels: [String: Logger.Level] = [
        "debug": .debug, "info": .info, "notice": .notice, "warn": .warning, "error": .error, "crit": .critical,
        "alert": .critical, "emerg": .critical,
    ]

    /// An address ends at a space or at the quotes; where nginx has cut the line, at its end.
    private static func withoutQuery(_ text: String, after label: String) -> String {
        guard let start = text.lastRange(of: label) else { return text }
        let value = text[start.upperBound...]
        guard let question = value.firstIndex(where: { $0 == "?" || $0 == "\"" }), value[question] == "?" else {
            return text
        }
        let end = value[question...].firstIndex { $0 == " " || $0 == "\"" } ?? value.endIndex
        return "\(text[..<question])?[…]\(value[end...])"
    }
}

extension String {
    /// The last place of a text in this one: a reader may write the label into an address.
    fileprivate func lastRange(of text: String) -> Range<String.Index>? { ranges(of: text).last }
}
