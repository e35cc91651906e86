import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The bytes of a picture as they arrive, within a limit.
///
/// The handler reads the first of them and whatever writes the answer the rest, one after the other.
package actor PictureStream {
    private let exchange: UpstreamExchange
    private let limit: Int
    private var received = 0
    /// How long upstream has been waited for. Time that the reader takes does not count.
    private var waited = Duration.zero
    /// Upstream may be waited for so long in all; longer only where it sends ``leastRate`` bytes a second or more. A fetch
    /// holds one of few places, also when the reader has left: nginx asks for a picture to the end to keep it.
    private static let patience = Duration.seconds(5)
    private static let leastRate = 4_096
    private var upstream: HTTPClientResponse.Body.AsyncIterator?
    /// What was looked at and is still to be read.
    private var peeked: ByteBuffer?

    init(_ body: HTTPClientResponse.Body, _ exchange: UpstreamExchange, limit: Int) {
        upstream = body.makeAsyncIterator()
        self.exchange = exchange
        self.limit = limit
    }

    /// Waits for so many of the first bytes, or for all when there are fewer, and leaves them to be read.
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

    /// The next bytes; `nil` at the end.
    package func next() async throws(PictureError) -> ByteBuffer? {
        if let first = peeked {
            peeked = nil
            return first
        }
        return try await receive(before: exchange.deadline)
    }

    /// Writes a piece to the reader.
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
