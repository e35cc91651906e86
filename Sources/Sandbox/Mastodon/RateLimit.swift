import Synchronization

/// So many requests in each window of time.
final class RateLimit: Sendable {
    /// How it stands after a request.
    struct State: Sendable {
        var limit: Int
        var left: Int
        /// When the window ends, in seconds since 1970.
        var reset: Double
        var isExceeded: Bool
    }

    private let limit: Int
    private let window: Double
    private let counted = Mutex((window: 0.0, count: 0))

    /// - Parameter window: in seconds.
    init(limit: Int, window: Double) {
        self.limit = limit
        self.window = window
    }

    /// Counts a request at a time, in seconds since 1970.
    func count(at time: Double) -> State {
        let start = (time / window).rounded(.down) * window
        let count = counted.withLock { counted in
            if counted.window != start { counted = (start, 0) }
            counted.count += 1
            return counted.count
        }
        return State(limit: limit, left: max(0, limit - count), reset: start + window, isExceeded: count > limit)
    }
}
