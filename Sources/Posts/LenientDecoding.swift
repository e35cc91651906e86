/// A list that skips invalid items, and decodes a limited number of items.
package struct LossyList<Item: Decodable>: Decodable {
    /// The items that could be decoded.
    package var items: [Item] = []
    /// How many of the first ``most`` items were invalid.
    package var skipped = 0

    /// More than any service has on a page.
    private static var most: Int { 100 }

    package init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        for _ in 0..<Self.most where !values.isAtEnd {
            if let item = try values.decode(Lossy<Item>.self).value { items.append(item) } else { skipped += 1 }
        }
    }
}

/// A value that may be invalid.
struct Lossy<Value: Decodable>: Decodable {
    /// `nil` if it could not be decoded.
    let value: Value?

    init(from decoder: any Decoder) throws {
        value = try? Value(from: decoder)
    }
}

extension KeyedDecodingContainer {
    /// The longest text of a field, in Unicode scalars: HTML is several times as long as its visible text.
    private static var longestText: Int { 100_000 }

    /// The value of a key; `nil` if it is missing or of another type. For texts, use ``text(_:)``.
    package func lenient<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) -> Value? {
        try? decodeIfPresent(type, forKey: key)
    }

    /// A bounded text; `nil` if it is missing or of another type.
    package func text(_ key: Key) -> String? {
        lenient(key, as: String.self)?.bounded(scalars: Self.longestText, bytes: 4 * Self.longestText)
    }

    /// A plain text; HTML's character references are decoded.
    package func plainText(_ key: Key) -> String? { text(key).map(HTMLText.unescaped) }

    /// An unchanged text, for ids and addresses, which are refused rather than cut if they are too long or have control
    /// characters.
    func exactText(_ key: Key) -> String? {
        guard let text = lenient(key, as: String.self), text.utf8.count <= WebAddress.longest else { return nil }
        return text
    }

    /// A web address.
    package func address(_ key: Key) -> String? { WebAddress.checked(exactText(key)) }

    /// An id; a whole number is accepted too.
    package func id(_ key: Key) -> String? { exactText(key) ?? lenient(key, as: Int64.self).map { String($0) } }

    /// A whole number; a text and a fraction are accepted too.
    package func number(_ key: Key) -> Int? {
        lenient(key, as: Int.self) ?? exactText(key).flatMap { Int($0) }
            ?? lenient(key, as: Double.self).flatMap { Int(exactly: $0.rounded(.towardZero)) }
    }

    /// A number of things; `nil` if negative.
    package func count(_ key: Key) -> Int? { number(key).flatMap { $0 < 0 ? nil : $0 } }

    /// A time in one of the formats of ``UpstreamTime``.
    package func time(_ key: Key) -> Int64? { id(key).flatMap { UpstreamTime.seconds($0) } }
}
