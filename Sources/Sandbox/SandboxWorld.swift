/// All posts of the emulated Instagram, as a function of hashtag and time. Nothing is stored.
///
/// A hashtag has always had posts and gets another one every ``period``. Sandboxes with the same period show the same
/// posts at the same time, also after a restart.
///
/// ```swift
/// let world = SandboxWorld()
/// if let golang = SandboxHashtag(name: "golang") {
///     print(world.recent(golang, at: 1_795_500_000).map(\.caption))
/// }
/// ```
///
/// Post *k* of a hashtag is published *k* periods after 1970, plus a fraction of a period that depends on the hashtag,
/// so that hashtags get their posts at different times. The counts of a post do not change with its age. A post stays
/// visible until there are ``historyCount`` newer ones, even if that takes longer than upstream's 24 hours.
package struct SandboxWorld: Sendable {
    /// The number of visible posts of a hashtag.
    package let historyCount: Int

    /// The time between two posts of a hashtag, in seconds.
    package let period: Double

    /// Creates a world.
    ///
    /// - Parameters:
    ///   - historyCount: the number of visible posts of a hashtag, at least 1.
    ///   - period: the time between two posts of a hashtag, at least 1 ms.
    package init(historyCount: Int = 240, period: Duration = .seconds(5)) {
        self.historyCount = max(1, historyCount)
        self.period = max(0.001, period / .seconds(1))
    }

    /// Returns the visible posts in upstream's order: newest first, with some neighbours exchanged.
    ///
    /// - Parameters:
    ///   - hashtag: the hashtag of the posts.
    ///   - time: seconds since 1970.
    ///   - number: the ``SandboxPost/number`` of the last post of the previous page; `nil` for the first page.
    ///   - limit: the largest number of posts; `nil` for all.
    package func recent(
        _ hashtag: SandboxHashtag,
        at time: Double,
        after number: Int? = nil,
        limit: Int? = nil
    ) -> [SandboxPost] {
        let order = ListingOrder(hashtag: hashtag)
        let visible = numbers(of: hashtag, at: time)
        // A post at either end may be exchanged with a neighbour outside the range.
        let places = visible.lowerBound - 1...visible.upperBound + 1
        let last = number.map(order.place(of:))
        let numbers = places.reversed().lazy
            .filter { place in last.map { place < $0 } ?? true }
            .map(order.number(at:))
            .filter(visible.contains)
        return posts(numbers.prefix(limit ?? historyCount), of: hashtag)
    }

    /// Returns the visible posts, most likes first. If two have as many likes, the newer one comes first.
    ///
    /// - Parameters:
    ///   - hashtag: the hashtag of the posts.
    ///   - time: seconds since 1970.
    ///   - number: the ``SandboxPost/number`` of the last post of the previous page; `nil` for the first page.
    ///   - limit: the largest number of posts; `nil` for all.
    package func top(
        _ hashtag: SandboxHashtag,
        at time: Double,
        after number: Int? = nil,
        limit: Int? = nil
    ) -> [SandboxPost] {
        let maker = PostMaker(hashtag: hashtag)
        let ranked = numbers(of: hashtag, at: time)
            .map { (maker.likeCount(number: $0) ?? -1, $0) }
            .sorted(by: >)
        let last = number.map { (maker.likeCount(number: $0) ?? -1, $0) }
        let rest = ranked.lazy.filter { post in last.map { post < $0 } ?? true }
        return posts(rest.map(\.1).prefix(limit ?? historyCount), of: hashtag)
    }

    /// The numbers of the visible posts.
    private func numbers(of hashtag: SandboxHashtag, at time: Double) -> ClosedRange<Int> {
        // The bounds are far beyond any date. A broken clock then gives odd posts instead of a trap.
        let sane = time.isFinite ? min(max(time, -1e11), 1e11) : 0
        let newest = Int((sane / period - phase(of: hashtag)).rounded(.down))
        return newest - historyCount + 1...newest
    }

    private func posts(_ numbers: some Sequence<Int>, of hashtag: SandboxHashtag) -> [SandboxPost] {
        let maker = PostMaker(hashtag: hashtag)
        let phase = phase(of: hashtag)
        return numbers.map { maker.post(number: $0, published: (Double($0) + phase) * period) }
    }

    /// The delay of a hashtag's posts as a fraction of a period, 0 to below 1.
    private func phase(of hashtag: SandboxHashtag) -> Double {
        var dice = Dice(seed: hashtag.id, position: 3)
        return Double(dice.unit())
    }
}

/// The order of a hashtag's posts in lists: by time, but with one pair of neighbours in five exchanged. Upstream is
/// "not always in order of time", so clients must sort.
///
/// The exchange depends only on the posts' numbers. New posts do not change the order of old ones, and a cursor never
/// skips or repeats a post.
struct ListingOrder: Sendable {
    private let seed: UInt64

    init(hashtag: SandboxHashtag) {
        seed = Dice.hash(hashtag.id) &+ 2
    }

    /// The place of a post. Posts with higher places are listed first.
    func place(of number: Int) -> Int {
        // The shift rounds down, also for negative numbers.
        let pair = number >> 1
        var dice = Dice(seed: seed, position: pair)
        return dice.once(in: 5) ? number ^ 1 : number
    }

    /// The number of the post at a place. The exchange is its own inverse.
    func number(at place: Int) -> Int {
        self.place(of: place)
    }
}

/// A pseudorandom sequence that is the same in every process for the same seed.
///
/// The generator is SplitMix64. The standard library's `random(in:using:)` may map bits to numbers differently in
/// another version, and `Hasher` has a new seed in every process.
struct Dice: Sendable {
    private var state: UInt64

    /// Creates the sequence for a seed and a position. Each pair has its own sequence.
    init(seed: UInt64, position: Int = 0) {
        state = Self.mix(seed ^ Self.mix(UInt64(bitPattern: Int64(position)) &+ Self.step))
    }

    /// Creates the sequence for a text and a position.
    init(seed: String, position: Int = 0) {
        self.init(seed: Self.hash(seed), position: position)
    }

    /// Returns the next 64 bits.
    mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mix(state)
    }

    /// Returns a number from 0 to below `bound`, which must be positive.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Returns a number from 0 to below 1.
    mutating func unit() -> Float {
        Float(next() >> 40) / Float(1 << 24)
    }

    /// Returns a number between `low` and `high`.
    mutating func between(_ low: Float, _ high: Float) -> Float {
        low + (high - low) * unit()
    }

    /// Returns `true` with a probability of 1 in `odds`.
    mutating func once(in odds: Int) -> Bool {
        below(odds) == 0
    }

    /// Returns an element of an array, which must not be empty.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// The 64-bit FNV-1a hash of a text's UTF-8.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// SplitMix64's finalizer: every bit of the input affects every bit of the output.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
