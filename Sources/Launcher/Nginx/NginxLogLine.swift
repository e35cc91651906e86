import Logging

/// A line of nginx's error log: `2026/01/31 12:00:00 [error] 7#7: *3 what happened, client: …, request: "…"`.
struct NginxLogLine: Sendable, Equatable {
    let level: Logger.Level
    /// What happened, without the time, which the log has itself, and without anything behind which a key can stand.
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
        message = Self.withoutQueries(rest)
    }

    private static let levels: [String: Logger.Level] = [
        "debug": .debug, "info": .info, "notice": .notice, "warn": .warning, "error": .error, "crit": .critical,
        "alert": .critical, "emerg": .critical,
    ]

    /// Cuts every word of the line at the first `?`, `=`, `&` or escape: wherever a client's text stands in it, the value of
    /// a parameter can only be behind one of them, however often it is escaped. A word ends at a space or at quotes.
    private static func withoutQueries(_ text: Substring) -> String {
        var kept = String.UnicodeScalarView()
        var isCut = false
        for scalar in text.unicodeScalars {
            if scalar == " " || scalar == "\"" {
                isCut = false
            } else if !isCut, "?=&%".unicodeScalars.contains(scalar) {
                isCut = true
                kept += "[…]".unicodeScalars
            }
            if !isCut { kept.append(scalar) }
        }
        return String(kept)
    }
}
