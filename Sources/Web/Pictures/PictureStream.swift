import AsyncHTTPClient
import NIOCore

/// The bytes of a picture as they arrive, within a limit.
///
/// The handler reads the first of them and whatever writes the answer the rest, one after the other.
actor PictureStream {
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
    func next() async throws(PictureError) -> ByteBuffer? {
        if let first = peeked {
            peeked = nil
            return first
        }
        return try await receive(before: exchange.deadline)
    }

    /// Writes a piece to the reader.
    nonisolated func writing(_ write: () async throws -> Void) async throws { try await exchange.writing(write) }

    /// Ends the exchange with upstream.
    nonisolated func close() { exchange.finish() }

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
