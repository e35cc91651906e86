import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One request to where a picture is kept, on a connection of its own.
///
/// It ends in one of three ways: it is finished, it is dropped, or its time is over. Each of them
/// closes the connection, and with it whatever upstream still wanted to send.
final class UpstreamExchange: Sendable {
    private let client: HTTPClient
    private let url: String
    private let end: Task<Void, Never>
    private let slot: FetchLimiter.Slot
    /// When its time is over.
    let deadline: ContinuousClock.Instant

    /// - Parameters:
    ///   - ip: what is connected to instead of asking for the host once more.
    ///   - address: what is asked for.
    ///   - slot: is released when the connection is closed.
    init(
        connectingTo ip: IPAddress, for address: PictureAddress, _ slot: FetchLimiter.Slot,
        _ limits: PictureProxyConfiguration,
        on eventLoops: any EventLoopGroup
    ) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(limits.firstByteTimeout), read: TimeAmount(limits.firstByteTimeout)
            )
        )
        configuration.httpVersion = .http1Only
        // A connection that is refused is refused: the reader need not wait until time is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        // What nobody asked for and comes all the same is decoded, within the limit of a picture.
        configuration.decompression = .enabled(limit: .size(limits.maximumBytes))
        configuration.dnsOverride = [address.host: ip.description]
        let client = HTTPClient(eventLoopGroup: eventLoops, configuration: configuration)
        self.client = client
        url = address.url
        self.slot = slot
        deadline = .now + limits.totalTimeout
        end = Task { [deadline] in
            // Cancelled when the exchange is over before its time.
            try? await Task.sleep(until: deadline, clock: .continuous)
            try? await client.shutdown()
            slot.release()
        }
        slot.onRevocation { [end] in end.cancel() }
    }

    deinit { end.cancel() }

    /// Writes a piece to the reader. Where others wait, one that takes nothing loses the connection.
    func writing(_ write: () async throws -> Void) async throws { try await slot.writing(write) }

    /// Closes the connection.
    func finish() { end.cancel() }

    /// Sends the request and waits for the head of the answer.
    ///
    /// - Parameter offset: of the first byte that is wanted.
    func open(from offset: Int = 0, before limit: ContinuousClock.Instant) async throws(PictureError)
        -> HTTPClientResponse
    {
        let deadline = min(limit, deadline)
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: ImageType.allCases.map(\.mediaType).joined(separator: ", "))
        request.headers.add(name: "Accept-Encoding", value: "identity")
        request.headers.add(name: "User-Agent", value: "InstaCrawler")
        if offset > 0 { request.headers.add(name: "Range", value: "bytes=\(offset)-") }
        let timeout = TimeAmount(ContinuousClock.now.duration(to: deadline))
        do {
            return try await client.execute(request, timeout: timeout)
        } catch {
            throw PictureError(error, deadline: deadline)
        }
    }
}

extension PictureError {
    /// What an error of the client means, given when it had to be done.
    init(_ error: any Error, deadline: ContinuousClock.Instant) {
        switch error {
        case let error as PictureError: self = error
        case let error as HTTPClientError where Self.timeouts.contains(error): self = .timedOut
        case _ where ContinuousClock.now >= deadline: self = .timedOut
        default: self = .broken("\(error)")
        }
    }

    private static let timeouts: [HTTPClientError] = [.deadlineExceeded, .readTimeout, .connectTimeout]
}
