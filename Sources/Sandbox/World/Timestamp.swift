/// Instagram's way to write a time.
enum Timestamp {
    /// A time in seconds since 1970 as `2026-11-24T05:46:44+0000`: in UTC, whole seconds, earlier rather than later.
    static func text(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.down))
        let days = (Double(whole) / 86_400).rounded(.down)
        let second = whole - Int(days) * 86_400
        let (year, month, day) = civil(daysSince1970: Int(days))
        let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))"
        return "\(date)T\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))+0000"
    }

    /// A time in seconds since 1970 as `2026-11-24T05:46:44.000Z`, as Mastodon writes it.
    static func milliseconds(_ seconds: Double) -> String { "\(text(seconds).dropLast(5)).000Z" }

    /// A time in seconds since 1970 as `2026-11-24T05:46:44Z`, as Flickr writes it.
    static func zulu(_ seconds: Double) -> String { "\(text(seconds).dropLast(5))Z" }

    /// The date of a day, by the arithmetic of eras of 400 years that start on a 1st of March.
    private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
