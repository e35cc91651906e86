extension StringProtocol {
    /// Whether the text is made of the digits 0 to 9, and at least one of them.
    var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
