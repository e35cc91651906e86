/// Numbers that look random and are the same in every process, for the same seed.
///
/// The sequence is SplitMix64. The standard library's `random(in:using:)` is not used on top of it: how that turns
/// bits into a number may change from one version to the next, and `Hasher` is seeded anew in every process.
struct Dice: Sendable {
    private var state: UInt64

    /// Dice for a seed, and for a position under it: each pair has a sequence of its own.
    init(seed: UInt64, position: Int = 0) {
        state = Self.mix(seed ^ Self.mix(UInt64(bitPattern: Int64(position)) &+ Self.step))
    }

    /// Dice for a text, and for a position under it.
    init(seed: String, position: Int = 0) {
        self.init(seed: Self.hash(seed), position: position)
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mix(state)
    }

    /// A number from 0 to below `bound`, which is more than 0.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number from 0 to below 1.
    mutating func unit() -> Float {
        Float(next() >> 40) / Float(1 << 24)
    }

    /// A number in a range.
    mutating func between(_ low: Float, _ high: Float) -> Float {
        low + (high - low) * unit()
    }

    /// True once in `odds` throws.
    mutating func once(in odds: Int) -> Bool {
        below(odds) == 0
    }

    /// One of the elements of an array that is not empty.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// FNV-1a, 64 bits, over a text's UTF-8.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// SplitMix64's finalizer: every bit of the input moves every bit of the output.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
