/// The times that upstream services write, in any of the forms that they use: ISO 8601 with and without a zone, HTTP's
/// dates, and numbers of seconds, milliseconds or less since 1970.
enum UpstreamTime {
    /// Smaller numbers are no times since 1970: as seconds this is a day of 1973.
    private static let leastNumber: Int64 = 100_000_000
    /// Larger numbers are milliseconds or less: as seconds this is a day of 5138, as milliseconds one of 1973.
    private static let mostSeconds: Int64 = 100_000_000_000

    /// - Parameter now: the time that a small number counts from, in seconds; nil when no number of seconds is expected.
    /// - Returns: whole seconds since 1970, within ``Epoch/range``; nil when the text is none of the forms.
    static func seconds(_ text: String, from now: Int64? = nil) -> Int64? {
        guard text.utf8.count <= 100 else { return nil }
        let text = text.onOneLine
        let time =
            number(text).flatMap { Self.time(of: $0, from: now) } ?? ISO8601.seconds(text, isLenient: true)
            ?? date(text)
        return time.map(Epoch.bounded)
    }

    /// The whole part of a number without a sign; as large as can be for what is larger.
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

    /// HTTP's date, also with another name for its zone.
    private static func date(_ text: String) -> Int64? {
        for zone in [" UTC", " UT", " Z", " +0000", " -0000"] where text.hasSuffix(zone) {
            return HTTPDate.parse("\(text.dropLast(zone.utf8.count)) GMT")
        }
        return HTTPDate.parse(text)
    }
}
