import NIOCore
import NIOHTTP1

/// What came back for a request to a service, read to its end.
struct UpstreamAnswer {
    /// The HTTP status.
    var status: Int
    var headers: HTTPHeaders
    var body: ByteBuffer

    /// The wait that `Retry-After` asks for in seconds (RFC 9110, section 10.2.3).
    var retryAfter: Duration? {
        guard let text = headers.first(name: "Retry-After"), let seconds = Int32(text), seconds >= 0 else { return nil }
        return .seconds(seconds)
    }

    /// What the status alone says, for services and proxies that say no more; nil for a success.
    var statusError: SourceError? {
        switch status {
        case 200...299: nil
        case 300...399: .unusableAnswer("a redirect (HTTP \(status)), which is not followed")
        case 401: .tokenInvalid("HTTP 401")
        case 403: .permissionMissing("HTTP 403")
        case 429: .rateLimited(retryAfter: retryAfter)
        case 408, 500...599: .temporary("HTTP \(status)", retryAfter: retryAfter)
        default: .unusableAnswer("HTTP \(status)")
        }
    }
}
