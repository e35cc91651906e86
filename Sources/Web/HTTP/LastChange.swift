import Synchronization

/// Since when an answer is as it is, where nothing else tells: it remembers the version that it saw last.
final class LastChange: Sendable {
    private let last = Mutex<(tag: EntityTag, time: Int64)?>(nil)

    /// When the first reader saw this version, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// - Parameter now: the time now.
    func time(of tag: EntityTag, now: Int64) -> Int64 {
        last.withLock { last in
            if let last, last.tag == tag { return last.time }
            last = (tag, now)
            return now
        }
    }
}
