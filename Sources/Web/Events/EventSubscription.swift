import Synchronization

/// Wakes one open stream. What it is woken for waits while the stream is busy writing, and takes no room: a reader
/// that is slow finds what it missed in the log.
final class EventSubscription: Sendable {
    /// What has happened.
    struct Signals: OptionSet, Sendable {
        let rawValue: UInt8
        /// There are new events.
        static let news = Signals(rawValue: 1)
        /// It is time to show that the stream is alive.
        static let beat = Signals(rawValue: 2)
        /// No more will come.
        static let end = Signals(rawValue: 4)
    }

    private struct State {
        var pending: Signals = []
        var waiter: CheckedContinuation<Signals, Never>?
    }

    let selection: EventSelection
    private let state = Mutex(State())

    init(_ selection: EventSelection) {
        self.selection = selection
    }

    /// Wakes the stream.
    func signal(_ signals: Signals) {
        let waiter = state.withLock { state -> CheckedContinuation<Signals, Never>? in
            guard let waiter = state.waiter else {
                state.pending.formUnion(signals)
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: signals)
    }

    /// Waits for something to happen; cancelling the task is an end. One task at a time waits.
    func next() async -> Signals {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let pending = state.withLock { state -> Signals in
                    defer { state.pending = [] }
                    if state.pending.isEmpty { state.waiter = continuation }
                    return state.pending
                }
                if !pending.isEmpty { continuation.resume(returning: pending) }
            }
        } onCancel: {
            signal(.end)
        }
    }
}
