import Synchronization

/// Records events and lets a test wait for them.
final class EventLog<Event: Sendable>: Sendable {
    private struct State {
        var events: [Event] = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        /// Removes the waiting tasks whose number of events is reached.
        mutating func takeWatchers() -> [CheckedContinuation<Void, Never>] {
            let count = events.count
            defer { watchers.removeAll { $0.count <= count } }
            return watchers.filter { $0.count <= count }.map(\.continuation)
        }
    }

    private let state = Mutex(State())

    /// All events so far.
    var events: [Event] { state.withLock { $0.events } }

    func append(_ event: Event) {
        let watchers = state.withLock { state in
            state.events.append(event)
            return state.takeWatchers()
        }
        for watcher in watchers { watcher.resume() }
    }

    /// Waits until there are this many events.
    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let watchers = state.withLock { state in
                state.watchers.append((count, continuation))
                return state.takeWatchers()
            }
            for watcher in watchers { watcher.resume() }
        }
    }
}
