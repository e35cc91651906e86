import Synchronization

/// When a representation changed last, where nothing else tells: it remembers the version that it saw last.
///
/// A date has whole seconds, so two versions of one second could have the same date, and a client with the first of them
/// would get 304 for the second. Therefore each version is dated in the second after it was made, and later than the
/// version before it. ``Validators`` writes the time now while that date is still to come, and compares with the date: a client
/// that asks in the first second gets the version once more, and never another one's 304.
final class LastChange: Sendable {
    private let last = Mutex<(tag: EntityTag, time: Int64)?>(nil)

    /// The date of this version, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// - Parameter now: the time now.
    func time(of tag: EntityTag, now: Int64) -> Int64 {
        last.withLock { last in
            if let last, last.tag == tag { return last.time }
            let time = last.map { Self.next(after: $0.time, now: now) } ?? now
            last = (tag, time)
            return time
        }
    }

    /// The date of a version that was made now and follows one with an earlier date.
    static func next(after earlier: Int64, now: Int64) -> Int64 {
        max(now, earlier).addingReportingOverflow(1).partialValue
    }
}
