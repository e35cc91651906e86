import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The bytes of a picture as they arrive, within a limit.
///
/// The handler reads the first bytes; afterwards, the writer of the response reads the rest.
package actor PictureStream {
    private let exchange: UpstreamExchange
    private let limit: Int
    private var received = 0
    /// The total time spent waiting for upstream. Time spent waiting for the client does not count.
    private var waited = Duration.zero
    /// The time that may be spent waiting for upstream in total, unless it sends at least ``leastRate`` bytes per
    /// second. A fetch holds one of few slots even after the client has left, because nginx reads a picture to its
    /// end to cache it.
    private static let patience = Duration.seconds(5)
    private static let leastRate = 4_096
    private var upstream: HTTPClientResponse.Body.AsyncIterator?
    /// The first bytes, after they were peeked at and before they are read.
    private var peeked: ByteBuffer?

    init(_ body: HTTPClientResponse.Body, _ exchange: UpstreamExchange, limit: Int) {
        upstream = body.makeAsyncIterator()
        self.exchange = exchange
        self.limit = limit
    }

    /// Waits for the first `count` bytes, or for all if there are fewer, and keeps them for ``next()``.
    func peek(_ count: Int, before limit: ContinuousClock.Instant) async throws(PictureError) -> ByteBuffer {
        let deadline = min(limit, exchange.deadline)
        let watch = Task { [exchange] in
            try await Task.sleep(until: deadline, clock: .continuous)
            exchange.finish()
        }
        defer { watch.cancel() }
        var first = ByteBuffer()
        while first.readableBytes < count, var part = try await receive(before: deadline) {
            first.writeBuffer(&part)
        }
        peeked = first
        return first
    }

    /// Returns the next bytes, or `nil` at the end.
    package func next() async throws(PictureError) -> ByteBuffer? {
        if let first = peeked {
            peeked = nil
            return first
        }
        return try await receive(before: exchange.deadline)
    }

    /// Writes a piece to the client.
    package nonisolated func writing(_ write: () async throws -> Void) async throws {
        try await exchange.writing(write)
    }

    /// Ends the exchange with upstream.
    package nonisolated func close() { exchange.finish() }

    private func receive(before deadline: ContinuousClock.Instant) async throws(PictureError) -> ByteBuffer? {
        guard var iterator = upstream else { return nil }
        upstream = nil
        let part: ByteBuffer?
        let start = ContinuousClock.now
        do {
            part = try await iterator.next(isolation: self)
            waited += .now - start
        } catch {
            exchange.finish()
            throw PictureError(error, deadline: deadline)
        }
        guard let part else {
            exchange.finish()
            return nil
        }
        received += part.readableBytes
        guard received <= limit else {
            exchange.finish()
            throw .tooLarge(limit: limit)
        }
        guard waited < Self.patience || received / Self.leastRate >= waited.components.seconds else {
            exchange.finish()
            throw .timedOut
        }
        upstream = iterator
        return part
    }
}

/// One request to upstream, on its own connection.
///
/// It ends when it is finished, when it is deallocated, or at its deadline. Each of these closes the connection, so
/// upstream cannot send more.
final class UpstreamExchange: Sendable {
    private let client: HTTPClient
    private let url: String
    private let end: Task<Void, Never>
    private let slot: FetchLimiter.Slot
    /// The deadline of the whole exchange.
    let deadline: ContinuousClock.Instant

    /// - Parameters:
    ///   - ip: the address to connect to, which avoids a second lookup of the host.
    ///   - address: the URL to request.
    ///   - slot: released when the connection is closed.
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
        // Do not retry a refused connection: the client need not wait for the time limit.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Some servers compress without a request to do so. Decode the response, within the limit of a picture.
        configuration.decompression = .enabled(limit: .size(limits.maximumBytes))
        configuration.dnsOverride = [address.host: ip.description]
        let client = HTTPClient(eventLoopGroup: eventLoops, configuration: configuration)
        self.client = client
        url = address.url
        self.slot = slot
        deadline = .now + limits.totalTimeout
        end = Task { [deadline] in
            // Cancelled if the exchange ends before its deadline.
            try? await Task.sleep(until: deadline, clock: .continuous)
            try? await client.shutdown()
            slot.release()
        }
        slot.onRevocation { [end] in end.cancel() }
    }

    deinit { end.cancel() }

    /// Writes a piece to the client. If other fetches wait, a stalled client loses the connection.
    func writing(_ write: () async throws -> Void) async throws { try await slot.writing(write) }

    /// Closes the connection.
    func finish() { end.cancel() }

    /// Sends the request and waits for the head of the response.
    ///
    /// - Parameter offset: the offset of the first requested byte.
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
    /// Converts an error of the HTTP client. After the deadline, any other error counts as a timeout.
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
