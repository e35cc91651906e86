/// Dates in HTTP header fields (RFC 9110, section 5.6.7).
public enum HTTPDate {
    /// Writes `Sun, 06 Nov 1994 08:49:37 GMT`.
    public static func format(_ secondsSinceEpoch: Int64) -> String {
        let time = CivilTime(secondsSinceEpoch: secondsSinceEpoch)
        return "\(time.dayName), \(time.day.padded(to: 2)) \(time.monthName) \(time.year.padded(to: 4)) "
            + "\(time.clockTime) GMT"
    }

    /// Reads all three forms a recipient has to accept: the one above, RFC 850's
    /// `Sunday, 06-Nov-94 08:49:37 GMT` and asctime's `Sun Nov  6 08:49:37 1994`.
    ///
    /// - Returns: seconds since 1970-01-01T00:00:00Z, or `nil` when it is none of them.
    public static func parse(_ text: String) -> Int64? {
        let words = text.split { $0 == " " || $0 == "-" }
        switch words.count {
        case 6 where words[0].hasSuffix(",") && words[5] == "GMT":
            return time(day: words[1], month: words[2], year: words[3], clock: words[4])
        case 5 where !words[0].hasSuffix(","):
            return time(day: words[2], month: words[1], year: words[4], clock: words[3])
        default:
            return nil
        }
    }

    private static func time(day: Substring, month: Substring, year: Substring, clock: Substring) -> Int64? {
        let clock = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3,
            let month = CivilTime.monthNames.firstIndex(of: String(month)),
            let day = number(day, in: 1...31), let year = number(year, in: 0...9999),
            let hour = number(clock[0], in: 0...23), let minute = number(clock[1], in: 0...59),
            // 60 is a leap second.
            let second = number(clock[2], in: 0...60)
        else { return nil }
        let time = CivilTime(
            year: fullYear(year), month: Int64(month + 1), day: day, hour: hour, minute: minute, second: second)
        return time.isOfTheCalendar ? time.secondsSinceEpoch : nil
    }

    /// RFC 850 has two digits for the year: 70 to 99 are of the last century.
    private static func fullYear(_ year: Int64) -> Int64 {
        switch year {
        case 0..<70: year + 2000
        case 70..<100: year + 1900
        default: year
        }
    }

    private static func number(_ text: Substring, in range: ClosedRange<Int64>) -> Int64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int64(text), range.contains(number)
        else { return nil }
        return number
    }
}
