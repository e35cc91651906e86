/// A whole number written in ASCII digits and nothing else: no sign, no spaces, no other scripts.
struct DecimalNumber: Sendable, Equatable {
    let value: Int

    /// `nil` when the text is something else, or more than an `Int` holds.
    init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int(text)
        else { return nil }
        self.value = value
    }
}
