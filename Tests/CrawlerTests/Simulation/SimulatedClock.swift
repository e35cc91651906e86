import Synchronization

/// A clock that stands still while a task runs.
final class SimulatedClock: Clock {
    typealias Instant = ManualClock.Instant

    private struct Sleeper {
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant()
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var lastID = 0
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }
    /// The time since the start, in whole seconds.
    var seconds: Int64 { now.offset.components.seconds }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil || Task.isCancelled { return true }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Advances to the next time at which a task wakes.
    ///
    /// - Returns: `false` if no task wakes before the end.
    func advance(noFurtherThan end: Duration) -> Bool {
        let woken: [CheckedContinuation<Void, any Error>]? = state.withLock { state in
            guard let next = state.sleepers.values.map(\.deadline).min(), next.offset <= end else { return nil }
            state.now = max(state.now, next)
            // Tasks wake in the order in which they went to sleep, so that every run is the same.
            let due = state.sleepers.filter { $0.value.deadline <= state.now }.sorted { $0.key < $1.key }
            for (id, _) in due { state.sleepers[id] = nil }
            return due.map(\.value.continuation)
        }
        for continuation in woken ?? [] { continuation.resume() }
        return woken != nil
    }
}
