import Synchronization

/// Counts calls, for the headers that tell clients how near they are to the rate limit.
///
/// The sandbox limits no rate. So the usage stays below 75 %, where clients are to slow down.
final class UsageMeter: Sendable {
    /// The calls within an hour that upstream grants an app with one user who is seen rarely.
    static let allowance = 4800

    /// The most usage that is reported, in percent.
    static let ceiling = 70

    private let counter = Mutex((hour: 0, calls: 0, total: UInt64(0)))

    /// Notes a call at a time, in seconds since 1970, and returns what its answer reports.
    func count(at time: Double) -> Usage {
        let hour = time.isFinite && abs(time) < 1e15 ? Int((time / 3600).rounded(.down)) : 0
        return counter.withLock { counter in
            if counter.hour != hour { (counter.hour, counter.calls) = (hour, 0) }
            counter.calls += 1
            counter.total += 1
            let percent = min(Self.ceiling, counter.calls * 100 / Self.allowance)
            var dice = Dice(seed: counter.total)
            return Usage(percent: percent, trace: "A" + String(dice.next(), radix: 36))
        }
    }
}
