import Synchronization

/// What a service has said of when it may be asked again, whichever hashtag it was asked for.
final class SourceGate: Sendable {
    private let closedUntil = Mutex(Epoch.range.lowerBound)

    /// How long no request is made, from a time on that is given in seconds since 1970; nil while there may be one.
    func wait(at now: Int64) -> Duration? {
        let end = closedUntil.withLock { $0 }
        guard end > now else { return nil }
        let left = Duration.seconds(end - now)
        // A clock that was set back must not keep it closed.
        return left <= SourceError.longestWait ? left : nil
    }

    /// Lets no request through until a time, in seconds since 1970; a day from now at most.
    func close(until end: Int64, at now: Int64) {
        let end = min(end, now + SourceError.longestWait.components.seconds)
        closedUntil.withLock { $0 = max($0, end) }
    }
}
