import Synchronization

/// Lets one task at a time through, in the order in which they come. Waiting holds no thread.
///
/// A task that is cancelled still waits for its turn: who holds the lock must not hold it for long, and a task that is
/// cancelled while it does so ends soon.
final class AsyncLock: Sendable {
    private struct State {
        var isLocked = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Waits until nobody else holds the lock, and takes it.
    func lock() async {
        await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard state.isLocked else {
                    state.isLocked = true
                    return true
                }
                state.waiters.append(continuation)
                return false
            }
            if isTaken { continuation.resume() }
        }
    }

    /// Gives the lock to the one who has waited longest.
    func unlock() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiters.isEmpty else {
                state.isLocked = false
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.resume()
    }
}
