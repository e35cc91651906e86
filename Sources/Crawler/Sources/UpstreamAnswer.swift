import NIOCore
import NIOHTTP1

/// What came back for a request to a service, read to its end.
struct UpstreamAnswer {
    /// The HTTP status.
    var status: Int
    var headers: HTTPHeaders
    var body: ByteBuffer

    /// The wait that `Retry-After` asks for, in seconds or until a time (RFC 9110, section 10.2.3). That time is
    /// measured from the answer's own `Date`, so that a clock that goes wrong here or there does not matter. A day at
    /// most, ``SourceError/longestWait``, whatever the service says.
    ///
    /// - Parameter now: stands in for a `Date` that is missing, in seconds since 1970.
    func retryAfter(at now: Int64) -> Duration? {
        guard let text = headers.first(name: "Retry-After"), !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return min(.seconds(Int64(text) ?? .max), SourceError.longestWait)
        }
        guard let time = HTTPDate.parse(text) else { return nil }
        let sent = headers.first(name: "Date").flatMap(HTTPDate.parse) ?? now
        return min(.seconds(max(0, time - sent)), SourceError.longestWait)
    }

    /// What the status alone says at a time, for services and proxies that say no more; nil for a success.
    func statusError(at now: Int64) -> SourceError? {
        switch status {
        case 200...299: nil
        case 300...399: .unusableAnswer("a redirect (HTTP \(status)), which is not followed")
        case 401: .tokenInvalid("HTTP 401")
        case 403: .permissionMissing("HTTP 403")
        case 429: .rateLimited(retryAfter: retryAfter(at: now))
        case 408, 500...599: .temporary("HTTP \(status)", retryAfter: retryAfter(at: now))
        default: .unusableAnswer("HTTP \(status)")
        }
    }
}
