/// A list of which no more than a page's worth is decoded. A wrong item costs itself, never the list.
package struct LossyList<Item: Decodable>: Decodable {
    /// The items that could be understood.
    package var items: [Item] = []
    /// How many of the first ``most`` could not.
    package var skipped = 0

    /// No service gives as many on a page.
    private static var most: Int { 100 }

    package init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        for _ in 0..<Self.most where !values.isAtEnd {
            if let item = try values.decode(Lossy<Item>.self).value { items.append(item) } else { skipped += 1 }
        }
    }
}

/// A value that may be wrong.
struct Lossy<Value: Decodable>: Decodable {
    /// nil when it could not be understood.
    let value: Value?

    init(from decoder: any Decoder) throws {
        value = try? Value(from: decoder)
    }
}

extension KeyedDecodingContainer {
    /// The longest text of a field, in Unicode scalars: HTML is several times as long as what is shown of it.
    private static var longestText: Int { 100_000 }

    /// The value of a key, or nil when it is absent or of another type. For texts there is ``text(_:)``.
    package func lenient<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) -> Value? {
        try? decodeIfPresent(type, forKey: key)
    }

    /// A text, bounded, or nil when it is absent or of another type.
    package func text(_ key: Key) -> String? {
        lenient(key, as: String.self)?.bounded(scalars: Self.longestText, bytes: 4 * Self.longestText)
    }

    /// A plain text, also where the service has left HTML's references to characters in it.
    package func plainText(_ key: Key) -> String? { text(key).map(HTMLText.unescaped) }

    /// A text as it is written, for ids and addresses: what is too long or has control characters is to be refused, not
    /// cut.
    func exactText(_ key: Key) -> String? {
        guard let text = lenient(key, as: String.self), text.utf8.count <= WebAddress.longest else { return nil }
        return text
    }

    /// The address of a page or file of the web.
    package func address(_ key: Key) -> String? { WebAddress.checked(exactText(key)) }

    /// An id, also where the service writes a whole number.
    package func id(_ key: Key) -> String? { exactText(key) ?? lenient(key, as: Int64.self).map { String($0) } }

    /// A whole number, also where the service writes it as a text or with a fraction.
    package func number(_ key: Key) -> Int? {
        lenient(key, as: Int.self) ?? exactText(key).flatMap { Int($0) }
            ?? lenient(key, as: Double.self).flatMap { Int(exactly: $0.rounded(.towardZero)) }
    }

    /// How many there are of something, if that is not less than none.
    package func count(_ key: Key) -> Int? { number(key).flatMap { $0 < 0 ? nil : $0 } }

    /// A time in one of the forms of ``UpstreamTime``.
    package func time(_ key: Key) -> Int64? { id(key).flatMap { UpstreamTime.seconds($0) } }
}
