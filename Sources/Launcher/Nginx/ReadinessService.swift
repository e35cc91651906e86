import AsyncHTTPClient
import Logging
import NIOCore
import ServiceLifecycle

/// Waits until the service answers through nginx, says so, and does nothing more.
public struct ReadinessService: Service {
    private let address: String
    private let timeout: Duration
    private let onReady: @Sendable () -> Void

    /// - Parameters:
    ///   - address: what to ask: `/health` through nginx.
    ///   - timeout: how long the first good answer may take.
    ///   - onReady: called once.
    public init(
        address: String, timeout: Duration = .seconds(30), onReady: @escaping @Sendable () -> Void
    ) {
        self.address = address
        self.timeout = timeout
        self.onReady = onReady
    }

    /// Waits for the first answer, then for the end.
    ///
    /// - Throws: ``LauncherError/notReady(_:reason:)``.
    public func run() async throws {
        let client = HealthCheck.client()
        do {
            try await cancelWhenGracefulShutdown { try await wait(client) }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        try? await gracefulShutdown()
    }

    private func wait(_ client: HTTPClient) async throws {
        let deadline = ContinuousClock.now + timeout
        while let reason = await HealthCheck.failure(address, client: client, timeout: .seconds(5)) {
            if Task.isCancelled { return }
            guard ContinuousClock.now < deadline else { throw LauncherError.notReady(address, reason: reason) }
            try await Task.sleep(for: .milliseconds(20))
        }
        onReady()
    }
}
