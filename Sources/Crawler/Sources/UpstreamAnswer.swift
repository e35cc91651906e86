import NIOHTTP1

/// What came back for a request to a service, read to its end.
struct UpstreamAnswer {
    /// The HTTP status.
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]

    /// The wait that the service asks for: by `Retry-After`, in seconds or until a time (RFC 9110, section 10.2.3), or,
    /// without one, until the end of its rate limit. A time is measured from the response's own `Date`, so that a clock
    /// that goes wrong here or there does not matter. A day at most, ``SourceError/longestWait``.
    ///
    /// - Parameter now: stands in for a `Date` that is missing, in seconds since 1970.
    func retryAfter(at now: Int64) -> Duration? {
        let sent = headers.first(name: "Date").flatMap(HTTPDate.parse) ?? now
        guard let end = headers.first(name: "Retry-After").flatMap({ UpstreamTime.seconds($0, from: sent) }) else {
            let limit = rateLimit(at: now)
            return status == 429 || limit?.percent == 100 ? limit?.wait : nil
        }
        return Duration.seconds(end - sent).clamped(to: SourceError.longestWait)
    }

    /// What the fields of a rate limit say.
    ///
    /// - Parameter now: in seconds since 1970.
    func rateLimit(at now: Int64) -> RateLimit? { RateLimit({ headers.first(name: $0) }, now: now) }

    /// Whether a page for people came in place of what the service says: from a proxy, a firewall, a maintenance page.
    var isPage: Bool {
        let type = headers.first(name: "Content-Type")?.lowercased() ?? ""
        return type.hasPrefix("text/html") || body.first { $0 > 0x20 && $0 < 0x80 } == UInt8(ascii: "<")
    }

    /// What the status alone says at a time, for services and proxies that say no more; nil for a success.
    func statusError(at now: Int64) -> SourceError? {
        switch status {
        case 200...299: nil
        case 300...399: .unusableAnswer("a redirect (HTTP \(status)), which is not followed")
        case 401, 403:
            if isPage {
                .temporary(
                    "a web page with HTTP \(status), not a response of the service", retryAfter: retryAfter(at: now))
            } else if status == 401 {
                .tokenInvalid("HTTP 401")
            } else {
                .permissionMissing("HTTP 403")
            }
        case 429: .rateLimited(retryAfter: retryAfter(at: now))
        case 408, 500...599: .temporary("HTTP \(status)", retryAfter: retryAfter(at: now))
        default: .unusableAnswer("HTTP \(status)")
        }
    }
}
