import ServiceLifecycle

/// Does something once, and waits for the end.
struct OneTimeService: Service {
    /// Whether it stays until the others end.
    var waitsForTheEnd = true
    private let act: @Sendable () async throws -> Void

    init(_ act: @escaping @Sendable () async throws -> Void) {
        self.act = act
    }

    func run() async throws {
        try await act()
        if waitsForTheEnd { try? await gracefulShutdown() }
    }
}
