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
