/// Makes a hashtag's posts: the same number gives the same post, always and everywhere.
struct PostMaker: Sendable {
    let hashtag: SandboxHashtag
    private let seed: UInt64

    init(hashtag: SandboxHashtag) {
        self.hashtag = hashtag
        self.seed = Dice.hash(hashtag.id)
    }

    /// The post of a number that was published at a time, in seconds since 1970.
    func post(number: Int, published: Double) -> SandboxPost {
        var dice = Dice(seed: seed, position: number)
        let id = MediaID(owner: .post, number: spread(number))
        let content = content(of: id, published: published, dice: &dice)
        let picture = if case .album(let children) = content { children[0].id } else { id.description }
        return SandboxPost(
            id: id.description,
            number: number,
            published: published,
            caption: CaptionWriter(name: hashtag.name, motif: Motif(of: picture)).caption(dice: &dice),
            commentsCount: dice.below(dice.once(in: 6) ? 400 : 30),
            likeCount: likeCount(number: number),
            content: content,
            permalink: Self.permalink(code: id.description)
        )
    }

    /// How many people like a post; nil in one post of twelve. Cheaper than the post, for who sorts by it.
    func likeCount(number: Int) -> Int? {
        var dice = Dice(seed: seed &+ 1, position: number)
        if dice.once(in: 12) { return nil }
        return dice.below(dice.once(in: 8) ? 20_000 : 900)
    }

    /// The permalink of a post or a child: an 11-character code from its id.
    static func permalink(code seed: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var dice = Dice(seed: seed, position: 2)
        return "https://www.instagram.com/p/\(String((0..<11).map { _ in dice.pick(alphabet) }))/"
    }

    /// Of a hundred posts about 2 withhold their address, 6 are videos and 14 albums.
    private func content(of id: MediaID, published: Double, dice: inout Dice) -> SandboxPost.Content {
        switch dice.below(100) {
        case ..<2: .withheld
        case ..<8: .single(SandboxMedia(id: id, kind: .video, time: published))
        case ..<22: .album(album(published: published, dice: &dice))
        default: .single(SandboxMedia(id: id, kind: .image, time: published))
        }
    }

    private func album(published: Double, dice: inout Dice) -> [SandboxMedia] {
        let startsWithVideo = dice.once(in: 5)
        return (0..<2 + dice.below(3)).map { place in
            SandboxMedia(
                id: MediaID(owner: .child, number: dice.next()),
                kind: place == 0 && startsWithVideo ? .video : .image,
                time: published
            )
        }
    }

    /// Spreads the numbers of posts over the ids, without ever giving two the same one: the factor has no divisor in
    /// common with the range.
    private func spread(_ number: Int) -> UInt64 {
        let range = MediaID.range
        let remainder = number % Int(range)
        let place = UInt64(remainder < 0 ? remainder + Int(range) : remainder)
        let product = place.multipliedFullWidth(by: 7_390_561_827_343)
        return (seed % range + range.dividingFullWidth(product).remainder) % range
    }
}
