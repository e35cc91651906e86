/// How many requests a service takes until a time: `X-RateLimit-Limit`, `-Remaining` and `-Reset`, or their newer names.
struct RateLimit: Sendable, Equatable {
    /// How many requests are used up, in percent; 100 when none is left, and nil when that is not said.
    var percent: Int?
    /// How long until all are there again, a second at least and a day at most; nil when that is not said.
    var wait: Duration?

    /// - Parameters:
    ///   - field: gives the first header field of a name.
    ///   - now: in seconds since 1970.
    /// - Returns: nil when the fields are absent, or cannot be understood.
    init?(_ field: (String) -> String?, now: Int64) {
        func value(_ name: String) -> String? {
            field("X-RateLimit-" + name) ?? field("RateLimit-" + name) ?? field("X-Rate-Limit-" + name)
        }
        func number(_ name: String) -> Int? {
            value(name).flatMap { Int($0) }.flatMap { (0..<1_000_000_000).contains($0) ? $0 : nil }
        }
        let end = value("Reset").flatMap { UpstreamTime.seconds($0, from: now) }
        wait = end.map { max(.seconds(1), Duration.seconds($0 - now).clamped(to: SourceError.longestWait)) }
        let left = number("Remaining")
        if left == 0 {
            percent = 100
        } else if let left, let limit = number("Limit"), limit > 0, left <= limit {
            percent = (limit - left) * 100 / limit
        }
        if percent == nil, wait == nil { return nil }
    }
}
