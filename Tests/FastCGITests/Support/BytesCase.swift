import Testing

/// A test case: the bytes to send and the expected response.
struct BytesCase: Sendable, CustomTestStringConvertible {
    var name: String
    var sent: [UInt8]
    var expected: [UInt8]

    init(_ name: String, _ sent: [UInt8], _ expected: [UInt8] = []) {
        self.name = name
        self.sent = sent
        self.expected = expected
    }

    var testDescription: String { name }
}
