import NIOHTTP1

extension UsageReport {
    /// Reads Mastodon's `X-RateLimit-Limit`, `-Remaining` and `-Reset`.
    ///
    /// - Parameter now: in seconds since 1970.
    /// - Returns: nil when they are not there, or cannot be understood.
    init?(mastodon headers: HTTPHeaders, now: Int64) {
        func number(_ name: String) -> Int? { headers.first(name: name).flatMap { Int($0) } }
        guard let limit = number("X-RateLimit-Limit"), let left = number("X-RateLimit-Remaining"), limit > 0,
            limit < 1_000_000, (0...limit).contains(left)
        else { return nil }
        let reset = headers.first(name: "X-RateLimit-Reset").flatMap(ISO8601.seconds)
        let wait = reset.map { min(max(1, $0 - now), 86_400) }
        self.init(percent: (limit - left) * 100 / limit, regain: wait.map { .seconds($0) }, receivedAt: now)
    }
}
