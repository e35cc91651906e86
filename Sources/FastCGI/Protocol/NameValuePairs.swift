/// Walks name–value pairs (specification, section 3.4): each length takes one byte up to 127 and four bytes,
/// with the highest bit set, above.
struct NameValuePairs {
    private let bytes: [UInt8]
    private var position = 0
    /// False once a length reached beyond the end.
    private(set) var isWellFormed = true

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The places of the next name and value; nil at the end, or at the first pair that does not fit.
    mutating func next() -> (name: Range<Int>, value: Range<Int>)? {
        guard position < bytes.count else { return nil }
        guard let name = length(), let value = length(), name + value <= bytes.count - position else {
            isWellFormed = false
            position = bytes.count
            return nil
        }
        let start = position
        position += name + value
        return (start..<start + name, start + name..<position)
    }

    private mutating func length() -> Int? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        guard first & 0x80 != 0 else {
            position += 1
            return Int(first)
        }
        guard bytes.count - position >= 4 else { return nil }
        let length =
            Int(first & 0x7F) << 24 | Int(bytes[position + 1]) << 16 | Int(bytes[position + 2]) << 8
            | Int(bytes[position + 3])
        position += 4
        return length
    }

    /// Whether every pair fits.
    static func areWellFormed(_ bytes: [UInt8]) -> Bool {
        var pairs = NameValuePairs(bytes)
        while pairs.next() != nil {}
        return pairs.isWellFormed
    }
}
