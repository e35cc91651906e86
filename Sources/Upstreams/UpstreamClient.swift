import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import Posts
import Synchronization

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Makes the requests of a source: returns a complete response within limits, or throws the reason.
final class UpstreamClient: Sendable {
    /// The longest address of a request, in bytes.
    private static let longestAddress = 32_768

    private let client: HTTPClient
    private let limits: UpstreamLimits
    private let secret: Secret
    /// Whether there was a response before, so that its connection may be reused.
    private let mayHaveConnections = Atomic(false)

    /// - Parameters:
    ///   - client: has the configuration `upstream`.
    ///   - secret: is removed from errors.
    init(client: HTTPClient, limits: UpstreamLimits, secret: Secret) {
        self.client = client
        self.limits = limits
        self.secret = secret
    }

    /// Requests an address.
    ///
    /// - Parameters:
    ///   - address: may contain the secret; errors do not.
    ///   - fields: further header fields of the request; may contain the secret too.
    /// - Throws: ``SourceError/unreachable(_:)``, ``SourceError/unusableResponse(_:)`` or
    ///   ``SourceError/cancelled``. A response of any status is not an error here.
    func get(_ address: String, fields: [(String, String)] = []) async throws(SourceError) -> UpstreamResponse {
        // The library traps on some addresses.
        guard WebAddress.checked(address, longest: Self.longestAddress) != nil else {
            throw .unreachable("its address is not one of http or https with a host and a port")
        }
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Accept-Encoding", value: "identity")
        request.headers.add(name: "User-Agent", value: limits.userAgent)
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        let result = await cancelling(after: limits.wholeResponse) { [request] in await self.response(to: request) }
        do {
            return try result.get()
        } catch {
            throw sourceError(of: error)
        }
    }

    private func response(to request: HTTPClientRequest) async -> Result<UpstreamResponse, any Error> {
        do {
            // The client's own deadline ends with the head of the response; ours covers all of it.
            let response = try await head(of: request)
            guard response.history.count <= 1 else { throw SourceError.unusableResponse("it came after a redirect") }
            let body = try await response.body.collect(upTo: limits.responseBytes)
            try Task.checkCancellation()
            mayHaveConnections.store(true, ordering: .relaxed)
            return .success(
                UpstreamResponse(
                    status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView)))
        } catch {
            return .failure(error)
        }
    }

    /// Sends a request, and repeats it if a reused connection turns out to be closed: servers may close it at any time,
    /// and a GET may be repeated (RFC 9112, section 9.3.1). The second time it gets a new connection.
    private func head(of request: HTTPClientRequest) async throws -> HTTPClientResponse {
        let deadline = NIODeadline.now() + TimeAmount(limits.wholeResponse)
        do {
            return try await client.execute(request, deadline: deadline)
        } catch let error where Self.isBrokenConnection(error) && mayHaveConnections.load(ordering: .relaxed) {
            var request = request
            // A request with its own TLS configuration does not reuse a connection.
            request.tlsConfiguration = .makeClientConfiguration()
            request.headers.replaceOrAdd(name: "Connection", value: "close")
            return try await client.execute(request, deadline: deadline)
        }
    }

    private static func isBrokenConnection(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .remoteConnectionClosed
        case let error as IOError: [ECONNRESET, EPIPE].contains(error.errnoCode)
        case let error as HTTPParserError: error == .invalidEOFState
        case let error as ChannelError: [.ioOnClosedChannel, .inputClosed, .eof].contains(error)
        default: false
        }
    }

    private var tooSlow: String { "no whole answer within \(limits.wholeResponse.inWords)" }

    private func sourceError(of error: any Error) -> SourceError {
        if Task.isCancelled { return .cancelled }
        switch error {
        case let error as SourceError:
            return error
        case is NIOTooManyBytesError, NIOHTTPDecompression.DecompressionError.limit:
            return .unusableResponse("it is larger than \(limits.responseBytes) bytes")
        case is CancellationError:
            return .unreachable(tooSlow)
        case let error as HTTPClientError:
            if [.deadlineExceeded, .cancelled].contains(error) { return .unreachable(tooSlow) }
            return .unreachable(error.shortDescription.lowercased())
        case let error as NIOConnectionError where error.connectionErrors.isEmpty:
            return .unreachable("the name \(error.host) does not resolve")
        case let error as NIOConnectionError:
            let reasons = error.connectionErrors.map { ($0.error as? IOError)?.inWords ?? "\($0.error)" }
            return .unreachable("\(error.host):\(error.port): \(reasons.joined(separator: ", "))")
        case let error as IOError:
            return .unreachable(error.inWords)
        default:
            return .unreachable(TLSFailure.words("\(error)") ?? secret.scrub("\(error)"))
        }
    }
}

/// A response of a service, read to its end.
struct UpstreamResponse {
    /// The HTTP status.
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]

    /// The wait that the service asks for: by `Retry-After`, in seconds or until a time (RFC 9110, section 10.2.3),
    /// otherwise until the reset of its rate limit. A time is measured from the response's `Date`, so that wrong clocks
    /// do not matter. At most ``SourceError/longestWait``.
    ///
    /// - Parameter now: replaces a missing `Date`, in seconds since 1970.
    func retryAfter(at now: Int64) -> Duration? {
        let sent = headers.first(name: "Date").flatMap(HTTPDate.parse) ?? now
        guard let end = headers.first(name: "Retry-After").flatMap({ UpstreamTime.seconds($0, from: sent) }) else {
            let limit = rateLimit(at: now)
            return status == 429 || limit?.percent == 100 ? limit?.wait : nil
        }
        return Duration.seconds(end - sent).clamped(to: SourceError.longestWait)
    }

    /// The rate limit by the header fields.
    ///
    /// - Parameter now: in seconds since 1970.
    func rateLimit(at now: Int64) -> RateLimit? { RateLimit({ headers.first(name: $0) }, now: now) }

    /// Whether the body is a web page in place of the service's response: from a proxy, a firewall, or during
    /// maintenance.
    var isPage: Bool {
        let type = headers.first(name: "Content-Type")?.lowercased() ?? ""
        return type.hasPrefix("text/html") || body.first { $0 > 0x20 && $0 < 0x80 } == UInt8(ascii: "<")
    }

    /// The error of the status alone; `nil` for a success.
    func statusError(at now: Int64) -> SourceError? {
        switch status {
        case 200...299: nil
        case 300...399: .unusableResponse("a redirect (HTTP \(status)), which is not followed")
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
        default: .unusableResponse("HTTP \(status)")
        }
    }
}

/// The limits of requests to a source, and their `User-Agent`.
package struct UpstreamLimits: Sendable {
    /// The longest wait for a connection.
    package var connect: Duration = .seconds(10)
    /// The longest wait for a complete response, from the request to the last byte.
    package var wholeResponse: Duration = .seconds(30)
    /// The largest response that is read, in bytes.
    package var responseBytes = 4 * 1024 * 1024
    /// The `User-Agent` of requests.
    package var userAgent = "InstaCrawler"

    /// The default limits.
    package init() {}
}

extension HTTPClient.Configuration {
    /// The configuration for the clients of sources.
    ///
    /// Redirects are not followed: no service needs them, and they could lead anywhere. Failed connections are not
    /// retried, which is up to the schedule. Requests are not traced, since their addresses contain the access token.
    /// No content coding is requested; a coded response is still decoded, within the limit of its size.
    package static func upstream(_ limits: UpstreamLimits = UpstreamLimits()) -> Self {
        var configuration = Self(redirectConfiguration: .disallow)
        configuration.timeout.connect = TimeAmount(limits.connect)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .enabled(limit: .size(limits.responseBytes))
        configuration.tracing.tracer = nil
        return configuration
    }
}

/// An asynchronous lock, granted in the order of the calls. Waiting occupies no thread.
///
/// A cancelled task still waits for its turn, so the lock must not be held for long.
final class AsyncLock: Sendable {
    private struct State {
        var isLocked = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Waits for the lock, and takes it.
    func lock() async {
        await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard state.isLocked else {
                    state.isLocked = true
                    return true
                }
                state.waiters.append(continuation)
                return false
            }
            if isTaken { continuation.resume() }
        }
    }

    /// Releases the lock to the task that has waited longest.
    func unlock() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiters.isEmpty else {
                state.isLocked = false
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.resume()
    }
}

/// TLS errors in words for a person: BoringSSL names positions in its source code.
enum TLSFailure {
    /// - Parameter description: the description of an error.
    /// - Returns: `nil` if it is not an error of BoringSSL.
    static func words(_ description: String) -> String? {
        guard let start = description.firstRange(of: "OPENSSL_internal:")?.upperBound else { return nil }
        let reason = description[start...].prefix { $0 == "_" || $0.isASCII && ($0.isUppercase || $0.isNumber) }
        switch reason {
        case "CERTIFICATE_VERIFY_FAILED": return "its certificate is not valid, or its authority is not known here"
        case "WRONG_VERSION_NUMBER": return "it does not speak TLS at that port"
        default: return "TLS failed: \(reason)"
        }
    }
}

extension IOError {
    /// The error of a connection, in words for a person.
    var inWords: String {
        switch errnoCode {
        case ECONNREFUSED: "nothing listens there (connection refused)"
        case ECONNRESET, EPIPE: "the connection broke off"
        case ENETUNREACH, EHOSTUNREACH: "no route leads there"
        case ETIMEDOUT: "nothing answers there"
        default: "\(self)"
        }
    }
}
