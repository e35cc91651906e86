/// A value of a list that may be wrong: a wrong one costs itself, never the list.
struct Lossy<Value: Decodable>: Decodable {
    /// nil when it could not be understood.
    let value: Value?

    init(from decoder: any Decoder) throws {
        value = try? Value(from: decoder)
    }
}

extension KeyedDecodingContainer {
    /// The value of a key, or nil when it is absent or of another type.
    func lenient<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) -> Value? {
        try? decodeIfPresent(type, forKey: key)
    }

    /// A text, also where the service writes a whole number.
    func text(_ key: Key) -> String? {
        lenient(key, as: String.self) ?? lenient(key, as: Int64.self).map { String($0) }
    }

    /// A whole number, also where the service writes it as a text or with a fraction.
    func number(_ key: Key) -> Int? {
        lenient(key, as: Int.self) ?? lenient(key, as: String.self).flatMap { Int($0) }
            ?? lenient(key, as: Double.self).flatMap { Int(exactly: $0.rounded(.towardZero)) }
    }
}
