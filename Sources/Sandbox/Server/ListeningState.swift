import Synchronization

/// Whether a server listens, and who waits for that.
final class ListeningState: Sendable {
    private enum Phase {
        case fresh, starting
        case listening(address: String)
        case ended(SandboxError)
    }

    private struct Contents {
        var phase = Phase.fresh
        var waiters: [Int: CheckedContinuation<String, any Error>] = [:]
        var nextWaiter = 0
    }

    private let contents = Mutex(Contents())

    /// Notes that the server starts; false when it did before.
    func start() -> Bool {
        contents.withLock { contents in
            guard case .fresh = contents.phase else { return false }
            contents.phase = .starting
            return true
        }
    }

    /// Notes the address, and tells it to who waits.
    func listen(on address: String) {
        move(to: .listening(address: address), .success(address))
    }

    /// Notes that the server has stopped or did not come to listen, and tells it to who waits.
    func end(_ reason: SandboxError) {
        move(to: .ended(reason), .failure(reason))
    }

    /// Whether the server listens now.
    var isListening: Bool {
        contents.withLock { if case .listening = $0.phase { true } else { false } }
    }

    /// Waits for the address.
    ///
    /// - Throws: what ``end(_:)`` was called with, or `CancellationError`.
    func address() async throws -> String {
        let waiter = contents.withLock { contents in
            contents.nextWaiter += 1
            return contents.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let known: Result<String, any Error>? = contents.withLock { contents in
                    switch contents.phase {
                    case .listening(let address): return .success(address)
                    case .ended(let reason): return .failure(reason)
                    case .fresh, .starting:
                        // The handler below may have run already, and found nobody to tell.
                        if Task.isCancelled { return .failure(CancellationError()) }
                        contents.waiters[waiter] = continuation
                        return nil
                    }
                }
                if let known { continuation.resume(with: known) }
            }
        } onCancel: {
            let continuation = contents.withLock { $0.waiters.removeValue(forKey: waiter) }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func move(to phase: Phase, _ news: Result<String, any Error>) {
        let waiters = contents.withLock { contents in
            contents.phase = phase
            defer { contents.waiters = [:] }
            return contents.waiters.values
        }
        for waiter in waiters {
            waiter.resume(with: news)
        }
    }
}
