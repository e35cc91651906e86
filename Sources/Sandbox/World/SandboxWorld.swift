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
public struct SandboxWorld: Sendable {
    /// How many posts of a hashtag are visible.
    public let historyCount: Int

    /// How long until a hashtag gets another post, in seconds.
    public let period: Double

    /// Creates a world.
    ///
    /// - Parameters:
    ///   - historyCount: how many posts of a hashtag are visible; at least 1 is taken.
    ///   - period: how long until a hashtag gets another post; at least 1 ms is taken.
    public init(historyCount: Int = 240, period: Duration = .seconds(5)) {
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
    public func recent(
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
    public func top(
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
