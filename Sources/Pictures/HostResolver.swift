import NIOCore
import NIOPosix

/// Resolves the addresses of a host.
package struct HostResolver: Sendable {
    private let lookUp: @Sendable (String) async throws -> [IPAddress]

    /// - Parameter lookUp: returns the addresses of a name; throws or returns none if there are none.
    package init(_ lookUp: @escaping @Sendable (String) async throws -> [IPAddress]) {
        self.lookUp = lookUp
    }

    /// Resolves the addresses of a host. The system's resolver cannot be interrupted; at the deadline it continues
    /// unobserved.
    ///
    /// - Throws: ``PictureError/unknownHost(_:)`` or ``PictureError/timedOut``.
    func addresses(
        of host: String, before deadline: ContinuousClock.Instant
    ) async throws(PictureError) -> [IPAddress] {
        let (answers, answer) = AsyncStream<[IPAddress]>.makeStream()
        let question = Task { [lookUp] in answer.yield((try? await lookUp(host)) ?? []) }
        let watch = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            answer.finish()
        }
        defer {
            question.cancel()
            watch.cancel()
        }
        var iterator = answers.makeAsyncIterator()
        guard let found = await iterator.next() else { throw .timedOut }
        guard !found.isEmpty else { throw .unknownHost(host) }
        return found
    }

    /// The resolver of the operating system, which blocks and therefore runs on separate threads. It returns the
    /// address that the system would connect to first.
    package static func system(_ threads: NIOThreadPool = .singleton) -> HostResolver {
        HostResolver { host in
            try await threads.runIfActive {
                let address = try SocketAddress.makeAddressResolvingHost(host, port: 0)
                return address.ipAddress.flatMap { IPAddress($0) }.map { [$0] } ?? []
            }
        }
    }
}
