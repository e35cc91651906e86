import AsyncHTTPClient
import NIOCore
import NIOPosix

/// Makes the requests of a source: one answer, whole and within limits, or the reason why not.
struct UpstreamClient: Sendable {
    /// A client with the configuration `upstream`.
    let client: HTTPClient
    let limits: UpstreamLimits
    /// What must not appear in an error.
    let secret: Secret

    /// Asks for an address.
    ///
    /// - Parameters:
    ///   - address: may hold the secret; no error will.
    ///   - fields: further header fields of the request; may hold the secret as well.
    /// - Throws: ``SourceError/unreachable(_:)``, ``SourceError/unusableAnswer(_:)`` or
    ///   ``SourceError/cancelled``. An answer of any status is no error here.
    func get(_ address: String, fields: [(String, String)] = []) async throws(SourceError) -> UpstreamAnswer {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: limits.userAgent)
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        let result = await cancelling(after: limits.wholeAnswer) { [request] in await answer(to: request) }
        do {
            return try result.get()
        } catch {
            throw sourceError(of: error)
        }
    }

    private func answer(to request: HTTPClientRequest) async -> Result<UpstreamAnswer, any Error> {
        do {
            // The client's own deadline ends with the head of the answer, so ours is around it all.
            let response = try await client.execute(request, deadline: .now() + TimeAmount(limits.wholeAnswer))
            guard response.history.count <= 1 else { throw SourceError.unusableAnswer("it came after a redirect") }
            let body = try await response.body.collect(upTo: limits.answerBytes)
            try Task.checkCancellation()
            return .success(
                UpstreamAnswer(status: Int(response.status.code), headers: response.headers, body: body)
            )
        } catch {
            return .failure(error)
        }
    }

    private var tooSlow: String { "no whole answer within \(limits.wholeAnswer.inWords)" }

    private func sourceError(of error: any Error) -> SourceError {
        if Task.isCancelled { return .cancelled }
        switch error {
        case let error as SourceError:
            return error
        case is NIOTooManyBytesError:
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
