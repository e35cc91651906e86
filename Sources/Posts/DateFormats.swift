/// ISO 8601 times with a date, a time and a zone.
package enum ISO8601 {
    /// A time as `2026-07-01T12:34:56Z`.
    ///
    /// - Parameter seconds: seconds since 1970-01-01T00:00:00Z.
    package static func text(_ seconds: Int64) -> String {
        CivilTime(secondsSinceEpoch: seconds).timestamp
    }

    /// Parses times such as `2026-07-01T12:34:56+0000`: the zone is `Z`, `+00`, `+0000` or `+00:00`, a fraction of a
    /// second is dropped, the years are 1970 to 9999.
    ///
    /// - Returns: whole seconds since 1970-01-01T00:00:00Z, or `nil` if the text is anything else.
    package static func seconds(_ text: String) -> Int64? { seconds(text, isLenient: false) }

    /// - Parameter isLenient: whether to accept lower-case letters, a time without seconds, a comma before the
    ///   fraction, a space before the zone, `UTC` and `GMT` for `Z`, and no zone, which means UTC.
    static func seconds(_ text: String, isLenient: Bool) -> Int64? {
        let text = isLenient ? text.uppercased() : text
        var rest = Scanner(rest: text.utf8[...])
        guard
            let year = rest.number(4), year >= 1970, rest.skip("-"),
            let month = rest.number(2), (1...12).contains(month), rest.skip("-"),
            let day = rest.number(2), (1...31).contains(day),
            rest.skip("T") || rest.skip(" "),
            let hour = rest.number(2), hour <= 23, rest.skip(":"),
            let minute = rest.number(2), minute <= 59
        else { return nil }
        var second = 0
        if rest.skip(":") {
            guard let number = rest.number(2), number <= 60 else { return nil }
            second = number
        } else if !isLenient {
            return nil
        }
        if rest.skip(".") || isLenient && rest.skip(",") {
            guard rest.number(1) != nil else { return nil }
            while rest.number(1) != nil {}
        }
        if isLenient { _ = rest.skip(" ") }
        guard let zone = rest.zone(isLenient: isLenient), rest.rest.isEmpty else { return nil }
        let time = CivilTime(
            year: Int64(year), month: Int64(month), day: Int64(day),
            hour: Int64(hour), minute: Int64(minute), second: Int64(second))
        return time.isOfTheCalendar ? time.secondsSinceEpoch - Int64(zone) : nil
    }

    /// Parses the parts of a time from the front.
    private struct Scanner {
        var rest: Substring.UTF8View

        /// Parses exactly `digits` ASCII digits, or nothing.
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

        /// Parses the zone: seconds east of Greenwich.
        mutating func zone(isLenient: Bool) -> Int? {
            if isLenient, rest.isEmpty || rest.elementsEqual("UTC".utf8) || rest.elementsEqual("GMT".utf8) {
                rest = rest.suffix(0)
                return 0
            }
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

/// Dates in HTTP header fields (RFC 9110, section 5.6.7).
package enum HTTPDate {
    /// Writes `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func format(_ secondsSinceEpoch: Int64) -> String {
        let time = CivilTime(secondsSinceEpoch: secondsSinceEpoch)
        return "\(time.dayName), \(time.day.padded(to: 2)) \(time.monthName) \(time.year.padded(to: 4)) "
            + "\(time.clockTime) GMT"
    }

    /// Parses the three forms a recipient has to accept: the one above, RFC 850's `Sunday, 06-Nov-94 08:49:37 GMT` and
    /// asctime's `Sun Nov  6 08:49:37 1994`.
    ///
    /// - Returns: seconds since 1970-01-01T00:00:00Z, or `nil` if the text is anything else.
    package static func parse(_ text: String) -> Int64? {
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

/// The times of upstream services, in all their formats: ISO 8601 with and without a zone, HTTP dates, and numbers of
/// seconds, milliseconds or smaller units since 1970.
package enum UpstreamTime {
    /// Smaller numbers are not times since 1970: as seconds this is a day of 1973.
    private static let leastNumber: Int64 = 100_000_000
    /// Larger numbers are milliseconds or smaller units: as seconds this is a day of 5138, as milliseconds one of 1973.
    private static let mostSeconds: Int64 = 100_000_000_000

    /// - Parameter now: the time from which a small number counts, in seconds; `nil` if small numbers are invalid.
    /// - Returns: whole seconds since 1970, within ``Epoch/range``; `nil` if the text is anything else.
    package static func seconds(_ text: String, from now: Int64? = nil) -> Int64? {
        guard text.utf8.count <= 100 else { return nil }
        let text = text.onOneLine
        let time =
            number(text).flatMap { Self.time(of: $0, from: now) } ?? ISO8601.seconds(text, isLenient: true)
            ?? date(text)
        return time.map(Epoch.bounded)
    }

    /// The whole part of an unsigned number, clamped to the largest integer.
    private static func number(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard isNumber, let whole = parts.first else { return nil }
        return Int64(whole) ?? .max
    }

    private static func time(of number: Int64, from now: Int64?) -> Int64? {
        if number < leastNumber { return now.map { Epoch.bounded($0) + number } }
        var seconds = number
        while seconds >= mostSeconds { seconds /= 1_000 }
        return seconds
    }

    /// An HTTP date, also with another name for its zone.
    private static func date(_ text: String) -> Int64? {
        for zone in [" UTC", " UT", " Z", " +0000", " -0000"] where text.hasSuffix(zone) {
            return HTTPDate.parse("\(text.dropLast(zone.utf8.count)) GMT")
        }
        return HTTPDate.parse(text)
    }
}
