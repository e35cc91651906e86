/// The times that upstream services write: ISO 8601 with a date, a time and a zone.
enum ISO8601 {
    /// Reads `2026-07-01T12:34:56+0000` and its relatives: the zone as `Z`, `+00`, `+0000` or
    /// `+00:00`, a fraction of a second that is dropped, years 1970 to 9999.
    ///
    /// - Returns: whole seconds since 1970-01-01T00:00:00Z, or nil when the text is anything else.
    static func seconds(_ text: String) -> Int64? {
        var rest = Scanner(rest: text.utf8[...])
        guard
            let year = rest.number(4), year >= 1970, rest.skip("-"),
            let month = rest.number(2), (1...12).contains(month), rest.skip("-"),
            let day = rest.number(2), day >= 1, day <= days(in: month, of: year),
            rest.skip("T") || rest.skip(" "),
            let hour = rest.number(2), hour <= 23, rest.skip(":"),
            let minute = rest.number(2), minute <= 59, rest.skip(":"),
            let second = rest.number(2), second <= 60
        else { return nil }
        if rest.skip(".") {
            guard rest.number(1) != nil else { return nil }
            while rest.number(1) != nil {}
        }
        guard let zone = rest.zone(), rest.rest.isEmpty else { return nil }
        let dayNumber = daysBefore(year: year) + (1..<month).reduce(0) { $0 + days(in: $1, of: year) } + day - 1
        return Int64(((dayNumber * 24 + hour) * 60 + minute) * 60 + second - zone)
    }

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The days from 1970-01-01 to the first of January of a year.
    private static func daysBefore(year: Int) -> Int {
        func leapYears(before year: Int) -> Int { (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 }
        return (year - 1970) * 365 + leapYears(before: year) - leapYears(before: 1970)
    }

    /// Takes the parts of a time from the front of what is left of it.
    private struct Scanner {
        var rest: Substring.UTF8View

        /// Takes exactly `digits` ASCII digits, or nothing.
        mutating func number(_ digits: Int) -> Int? {
            let field = rest.prefix(digits)
            guard field.count == digits, field.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(digits)
            return field.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// Takes the zone: seconds east of Greenwich.
        mutating func zone() -> Int? {
            if skip("Z") { return 0 }
            let sign = skip("-") ? -1 : 1
            guard sign == -1 || skip("+"), let hours = number(2), hours <= 23 else { return nil }
            if rest.isEmpty { return sign * hours * 3600 }
            _ = skip(":")
            guard let minutes = number(2), minutes <= 59 else { return nil }
            return sign * (hours * 60 + minutes) * 60
        }
    }
}
