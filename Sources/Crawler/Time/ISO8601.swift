/// The times that upstream services write: ISO 8601 with a date, a time and a zone.
public enum ISO8601 {
    /// A time as `2026-07-01T12:34:56Z`.
    ///
    /// - Parameter seconds: seconds since 1970-01-01T00:00:00Z.
    public static func text(_ seconds: Int64) -> String {
        CivilTime(secondsSinceEpoch: seconds).timestamp
    }

    /// Reads `2026-07-01T12:34:56+0000` and its relatives: the zone as `Z`, `+00`, `+0000` or
    /// `+00:00`, a fraction of a second that is dropped, years 1970 to 9999.
    ///
    /// - Returns: whole seconds since 1970-01-01T00:00:00Z, or nil when the text is anything else.
    public static func seconds(_ text: String) -> Int64? { seconds(text, isLenient: false) }

    /// - Parameter isLenient: whether to read small letters, a time without seconds, a comma before the fraction, a
    ///   space before the zone, `UTC` and `GMT` for `Z`, and no zone at all, which is taken as UTC.
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
