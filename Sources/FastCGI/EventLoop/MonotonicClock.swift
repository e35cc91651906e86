import Glibc

/// A point in time or a span, in nanoseconds of the system's monotonic clock; 0 stands for never.
typealias Nanoseconds = UInt64

enum MonotonicClock {
    static func now() -> Nanoseconds {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The point in time that lies `duration` ahead.
    static func deadline(in duration: Nanoseconds) -> Nanoseconds {
        now() &+ duration
    }
}

extension Duration {
    /// Whole nanoseconds; negative durations are zero.
    var nanoseconds: Nanoseconds {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 4 : min(product + UInt64(attoseconds / 1_000_000_000), .max / 4)
    }
}
