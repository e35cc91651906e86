import FoundationEssentials

/// Calendar time as this project writes it: whole seconds since 1970-01-01T00:00:00Z.
public enum Epoch {
    /// The times that are kept: the years 1 to 9999. Differences and sums of two of them do not overflow.
    static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The time now.
    public static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

    /// A time from outside, cut to the years 1 to 9999, so that arithmetic with it does not overflow.
    public static func bounded(_ seconds: Int64) -> Int64 {
        min(max(seconds, range.lowerBound), range.upperBound)
    }
}
