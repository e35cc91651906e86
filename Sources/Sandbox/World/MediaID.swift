/// The id of a post or of an album's child: 17 digits, as Instagram's are.
///
/// `179` or `180`, then 13 digits, then a check digit. The check digit makes a mistyped id unknown, although the
/// sandbox stores no list of those it gave out.
struct MediaID: Sendable, Hashable, CustomStringConvertible {
    /// The 17 digits.
    let description: String

    /// What an id belongs to.
    enum Owner: String, Sendable, CaseIterable {
        /// A post.
        case post = "179"
        /// A picture or a video in an album.
        case child = "180"
    }

    /// The number of different ids an owner can have: 13 digits.
    static let range: UInt64 = 10_000_000_000_000

    /// Makes an id from a number; its remainder by ``range`` counts.
    init(owner: Owner, number: UInt64) {
        let digits = String(number % Self.range)
        let body = owner.rawValue + String(repeating: "0", count: 13 - digits.count) + digits
        description = body + Self.checkDigit(of: body)
    }

    /// Reads an id; nil unless it is well-formed and its check digit is right.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 17, text.isDigits,
            Owner.allCases.contains(where: { text.hasPrefix($0.rawValue) }),
            Self.checkDigit(of: text.dropLast()) == text.suffix(1)
        else { return nil }
        description = String(text)
    }

    /// Luhn's check digit: it notices every wrong digit and almost every exchange of neighbours.
    private static func checkDigit(of digits: some StringProtocol) -> String {
        var sum = 0
        for (place, byte) in digits.utf8.reversed().enumerated() {
            let digit = Int(byte &- UInt8(ascii: "0"))
            let weighted = place.isMultiple(of: 2) ? digit * 2 : digit
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        return String((10 - sum % 10) % 10)
    }
}
