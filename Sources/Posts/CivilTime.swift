import FoundationEssentials

/// A moment in the proleptic Gregorian calendar, UTC, to the second.
package struct CivilTime: Sendable, Equatable {
    /// Of the proleptic Gregorian calendar.
    package var year: Int64
    /// 1 to 12.
    package var month: Int64
    /// 1 to 31.
    package var day: Int64
    /// 0 to 23.
    package var hour: Int64 = 0
    /// 0 to 59.
    package var minute: Int64 = 0
    /// 0 to 60, which is a leap second.
    package var second: Int64 = 0

    static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    static let dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    private static let secondsOfDay: Int64 = 86_400
    /// A cycle of the calendar: 400 years are always as many days.
    private static let daysOfEra: Int64 = 146_097
    /// From 0000-03-01, where an era begins, to 1970-01-01.
    private static let daysToEpoch: Int64 = 719_468
}

extension CivilTime {
    /// - Parameter seconds: seconds since 1970-01-01T00:00:00Z; beyond ±1e15 it is cut there.
    package init(secondsSinceEpoch seconds: Int64) {
        let seconds = min(max(seconds, -1_000_000_000_000_000), 1_000_000_000_000_000)
        let days = seconds.flooredQuotient(Self.secondsOfDay)
        let time = seconds - days * Self.secondsOfDay

        // Years are counted from March, so that the leap day is the last of its year.
        let shifted = days + Self.daysToEpoch
        let era = shifted.flooredQuotient(Self.daysOfEra)
        let dayOfEra = shifted - era * Self.daysOfEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9

        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1,
            hour: time / 3600,
            minute: time / 60 % 60,
            second: time % 60
        )
    }

    /// Whole days since 1970-01-01.
    private var daysSinceEpoch: Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year.flooredQuotient(400)
        let yearOfEra = year - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * Self.daysOfEra + dayOfEra - Self.daysToEpoch
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    package var secondsSinceEpoch: Int64 {
        daysSinceEpoch * Self.secondsOfDay + hour * 3600 + minute * 60 + second
    }

    /// The name of its day of the week, three letters.
    var dayName: String {
        // 1970-01-01 was a Thursday.
        let index = (daysSinceEpoch + 4) - (daysSinceEpoch + 4).flooredQuotient(7) * 7
        return Self.dayNames[Int(index)]
    }

    /// Its month, three letters.
    package var monthName: String { Self.monthNames[Int(month - 1)] }

    /// RFC 3339: `2025-11-24T05:54:00Z`.
    package var timestamp: String {
        "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))T\(clockTime)Z"
    }

    /// Whether the day exists in the calendar.
    var isOfTheCalendar: Bool {
        let same = CivilTime(secondsSinceEpoch: daysSinceEpoch * Self.secondsOfDay)
        return (same.year, same.month, same.day) == (year, month, day)
    }

    /// `05:54:00`.
    package var clockTime: String { "\(hour.padded(to: 2)):\(minute.padded(to: 2)):\(second.padded(to: 2))" }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// With zeros in front, at least so many digits.
    func padded(to digits: Int) -> String {
        let text = String(magnitude)
        let zeros = String(repeating: "0", count: Swift.max(0, digits - text.utf8.count))
        return (self < 0 ? "-" : "") + zeros + text
    }
}

/// Calendar time in whole seconds since 1970-01-01T00:00:00Z.
package enum Epoch {
    /// The allowed times: the years 1 to 9999. Sums and differences of two of them do not overflow.
    package static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The current time.
    package static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

    /// A time clamped to ``range``, so that arithmetic does not overflow.
    package static func bounded(_ seconds: Int64) -> Int64 {
        min(max(seconds, range.lowerBound), range.upperBound)
    }
}

/// Runs an operation, and cancels it if it takes longer than `limit`.
///
/// The operation is a child of the caller's task: it runs on its executor, and is cancelled with it.
///
/// - Returns: what the operation returns, also after it was cancelled.
package func cancelling<Value: Sendable>(
    after limit: Duration, clock: any Clock<Duration> = ContinuousClock(),
    _ operation: @escaping @Sendable () async -> Value
) async -> Value {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await operation() }
        group.addTask {
            try? await clock.sleep(for: limit)
            return nil
        }
        // The first to finish, the operation or the timer, cancels the other.
        let first = await group.next()
        group.cancelAll()
        if let value = first ?? nil { return value }
        if let second = await group.next(), let value = second { return value }
        // Not reached: one of the two tasks returns a value.
        return await operation()
    }
}

extension Duration {
    /// The duration in whole units for a person: `45 s`, `12 min`, `3 h`.
    package var inWords: String {
        let seconds = components.seconds
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds.quotientRoundedUp(60)) min"
        default: "\(seconds.quotientRoundedUp(3600)) h"
        }
    }

    /// The duration clamped to zero and `limit`.
    package func clamped(to limit: Duration) -> Duration { max(.zero, min(self, limit)) }
}

extension Int64 {
    fileprivate func quotientRoundedUp(_ divisor: Int64) -> Int64 { self / divisor + (self % divisor > 0 ? 1 : 0) }
}
