import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Makes the requests of a source: one answer, whole and within limits, or the reason why not.
final class UpstreamClient: Sendable {
    /// The longest address that is asked for, in bytes.
    private static let longestAddress = 32_768

    private let client: HTTPClient
    private let limits: UpstreamLimits
    private let secret: Secret
    /// Whether a response came before, so that its connection may have been kept.
    private let mayHaveConnections = Atomic(false)

    /// - Parameters:
    ///   - client: has the configuration `upstream`.
    ///   - secret: does not appear in an error.
    init(client: HTTPClient, limits: UpstreamLimits, secret: Secret) {
        self.client = client
        self.limits = limits
        self.secret = secret
    }

    /// Asks for an address.
    ///
    /// - Parameters:
    ///   - address: may hold the secret; no error will.
    ///   - fields: further header fields of the request; may hold the secret as well.
    /// - Throws: ``SourceError/unreachable(_:)``, ``SourceError/unusableAnswer(_:)`` or
    ///   ``SourceError/cancelled``. An answer of any status is no error here.
    func get(_ address: String, fields: [(String, String)] = []) async throws(SourceError) -> UpstreamAnswer {
        // The library traps on some addresses.
        guard WebAddress.checked(address, longest: Self.longestAddress) != nil else {
            throw .unreachable("its address is not one of http or https with a host and a port")
        }
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Accept-Encoding", value: "identity")
        request.headers.add(name: "User-Agent", value: limits.userAgent)
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        let result = await cancelling(after: limits.wholeAnswer) { [request] in await self.answer(to: request) }
        do {
            return try result.get()
        } catch {
            throw sourceError(of: error)
        }
    }

    private func answer(to request: HTTPClientRequest) async -> Result<UpstreamAnswer, any Error> {
        do {
            // The client's own deadline ends with the head of the answer, so ours is around it all.
            let response = try await head(of: request)
            guard response.history.count <= 1 else { throw SourceError.unusableAnswer("it came after a redirect") }
            let body = try await response.body.collect(upTo: limits.answerBytes)
            try Task.checkCancellation()
            mayHaveConnections.store(true, ordering: .relaxed)
            return .success(
                UpstreamAnswer(
                    status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView)))
        } catch {
            return .failure(error)
        }
    }

    /// Sends a request, and sends it once more when a connection that was kept turns out to be closed: servers do so at
    /// any time, and a GET may be repeated (RFC 9112, section 9.3.1). The second time it gets a connection of its own.
    private func head(of request: HTTPClientRequest) async throws -> HTTPClientResponse {
        let deadline = NIODeadline.now() + TimeAmount(limits.wholeAnswer)
        do {
            return try await client.execute(request, deadline: deadline)
        } catch let error where Self.isBrokenConnection(error) && mayHaveConnections.load(ordering: .relaxed) {
            var request = request
            // Connections with a TLS configuration of their own are not shared with others.
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

    private var tooSlow: String { "no whole answer within \(limits.wholeAnswer.inWords)" }

    private func sourceError(of error: any Error) -> SourceError {
        if Task.isCancelled { return .cancelled }
        switch error {
        case let error as SourceError:
            return error
        case is NIOTooManyBytesError, NIOHTTPDecompression.DecompressionError.limit:
            return .unusableAnswer("it is larger than \(limits.answerBytes) bytes")
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
