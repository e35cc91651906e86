import ServiceLifecycle

/// A service that starts once something has happened.
struct WaitingService: Service {
    private let base: any Service
    private let event: AsyncStream<Void>

    /// - Parameters:
    ///   - base: the service.
    ///   - event: ends when it has happened; nobody else reads it.
    init(_ base: any Service, until event: AsyncStream<Void>) {
        self.base = base
        self.event = event
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { for await _ in event {} }
        try await base.run()
    }
}
