/// All posts of the emulated Instagram, as a function of hashtag and time: nothing is stored.
///
/// A hashtag has always had posts and always gets more, one a ``period``. Two sandboxes with the same period show
/// the same posts at the same time, and one that starts again goes on where it was.
///
/// ```swift
/// let world = SandboxWorld()
/// if let golang = SandboxHashtag(name: "golang") {
///     print(world.recent(golang, at: 1_795_500_000).map(\.caption))
/// }
/// ```
///
/// Post *k* of a hashtag is published *k* periods after 1970, and a part of a period later that differs from hashtag
/// to hashtag; so they do not all get theirs at the same moment. The counts of a post do not change as it ages, and
/// posts stay visible until ``historyCount`` newer ones are there, also if that takes more than upstream's 24 hours.
package struct SandboxWorld: Sendable {
    /// How many posts of a hashtag are visible.
    package let historyCount: Int

    /// How long until a hashtag gets another post, in seconds.
    package let period: Double

    /// Creates a world.
    ///
    /// - Parameters:
    ///   - historyCount: how many posts of a hashtag are visible; at least 1 is taken.
    ///   - period: how long until a hashtag gets another post; at least 1 ms is taken.
    package init(historyCount: Int = 240, period: Duration = .seconds(5)) {
        self.historyCount = max(1, historyCount)
        self.period = max(0.001, period / .seconds(1))
    }

    /// The visible posts in upstream's order: the newest first, but some neighbours have changed places.
    ///
    /// - Parameters:
    ///   - hashtag: whose posts.
    ///   - time: seconds since 1970.
    ///   - number: to page, the ``SandboxPost/number`` of the post to go on after. Nil: from the first.
    ///   - limit: how many at most. Nil: all.
    package func recent(
        _ hashtag: SandboxHashtag,
        at time: Double,
        after number: Int? = nil,
        limit: Int? = nil
    ) -> [SandboxPost] {
        let order = ListingOrder(hashtag: hashtag)
        let visible = numbers(of: hashtag, at: time)
        // A neighbour can be one place beyond either end.
        let places = visible.lowerBound - 1...visible.upperBound + 1
        let last = number.map(order.place(of:))
        let numbers = places.reversed().lazy
            .filter { place in last.map { place < $0 } ?? true }
            .map(order.number(at:))
            .filter(visible.contains)
        return posts(numbers.prefix(limit ?? historyCount), of: hashtag)
    }

    /// The visible posts, those that most people like first; of two with as many likes, the newer.
    ///
    /// - Parameters:
    ///   - hashtag: whose posts.
    ///   - time: seconds since 1970.
    ///   - number: to page, the ``SandboxPost/number`` of the post to go on after. Nil: from the first.
    ///   - limit: how many at most. Nil: all.
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
        // Far beyond any date, so that a broken clock gives odd posts rather than a trap.
        let sane = time.isFinite ? min(max(time, -1e11), 1e11) : 0
        let newest = Int((sane / period - phase(of: hashtag)).rounded(.down))
        return newest - historyCount + 1...newest
    }

    private func posts(_ numbers: some Sequence<Int>, of hashtag: SandboxHashtag) -> [SandboxPost] {
        let maker = PostMaker(hashtag: hashtag)
        let phase = phase(of: hashtag)
        return numbers.map { maker.post(number: $0, published: (Double($0) + phase) * period) }
    }

    /// The part of a period by which a hashtag's posts are late, 0 to below 1.
    private func phase(of hashtag: SandboxHashtag) -> Double {
        var dice = Dice(seed: hashtag.id, position: 3)
        return Double(dice.unit())
    }
}

/// The order in which a hashtag's posts are listed: that of time, but one pair of neighbours in five is exchanged,
/// because upstream is "not always in order of time" and a client has to sort.
///
/// The exchange depends on the posts' numbers alone. So the order among posts stays as it is while new ones arrive,
/// and a cursor never skips or repeats a post.
struct ListingOrder: Sendable {
    private let seed: UInt64

    init(hashtag: SandboxHashtag) {
        seed = Dice.hash(hashtag.id) &+ 2
    }

    /// The place of a post; a higher place is listed earlier.
    func place(of number: Int) -> Int {
        // Division that rounds down, for negative numbers too.
        let pair = number >> 1
        var dice = Dice(seed: seed, position: pair)
        return dice.once(in: 5) ? number ^ 1 : number
    }

    /// The number of the post at a place: the exchange undoes itself.
    func number(at place: Int) -> Int {
        self.place(of: place)
    }
}

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
