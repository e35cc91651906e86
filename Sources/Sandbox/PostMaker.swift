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

/// Writes captions: something about what the picture shows, in one of many languages, then hashtags.
struct CaptionWriter: Sendable {
    /// The hashtag's name, where it is known: without it the caption lacks that hashtag, and is else the same.
    let name: String?

    /// What the picture shows.
    let motif: Motif

    /// A caption of one or several lines.
    func caption(dice: inout Dice) -> String {
        let book = dice.once(in: 2) ? Phrasebook.english : dice.pick(Phrasebook.others)
        let opening = dice.pick(book.openings)
        let sentence = opening + book.space + book.subjects[motif.rawValue] + book.stop
        let closing = dice.once(in: 3) ? "" : book.space + dice.pick(book.closings)
        let emoji = (0..<dice.below(4)).map { _ in dice.pick(Self.emoji) }.joined()
        let credit = dice.once(in: 7) ? "\n📷 @\(dice.pick(Self.people))" : ""
        let text = sentence + closing + (emoji.isEmpty ? "" : " " + emoji) + credit
        return text + dice.pick(Self.breaks) + hashtags(dice: &dice)
    }

    /// The hashtag among up to five others; the throws do not depend on whether its name is known.
    private func hashtags(dice: inout Dice) -> String {
        var tags: [String] = []
        for _ in 0..<dice.below(6) {
            let tag = dice.pick(Self.hashtags)
            if !tags.contains(tag) { tags.append(tag) }
        }
        let place = dice.below(tags.count + 1)
        if let name, !tags.contains(name) { tags.insert(name, at: place) }
        return tags.map { "#" + $0 }.joined(separator: " ")
    }

    /// What stands between the text and the hashtags, as people do it.
    private static let breaks = [" ", " ", " ", "\n", "\n\n", "\n.\n.\n"]

    private static let people = ["ada.prints", "noor_draws", "studio.kite", "mika__m", "the_quiet_lens", "joão.fotos"]

    private static let hashtags = [
        "photooftheday", "generative", "colour", "weekend", "artist", "nofilter", "calm", "design", "instagood",
        "写真", "art_daily", "été", "printmaking", "365days", "солнце", "palette",
    ]

    private static let emoji = [
        "✨", "🌅", "🌊", "🎨", "☀️", "🔭", "🪐", "🏔️", "🌀", "🧡", "👩🏽‍🎨", "🏳️‍🌈", "🤍", "📷", "🐹", "🫧", "🇵🇹", "✌🏾",
    ]
}

/// A hashtag of the emulated Instagram: its id, and its name where that is known.
///
/// The id is a hash of the name, so that every sandbox gives the same one, as Instagram does. A hash cannot be
/// turned back into a name; therefore everything about a post but the mention of the hashtag in its caption follows
/// from the *id*. Any well-formed id has posts, also in a process that never saw the search which a client, who
/// stores ids for ever, made long ago.
package struct SandboxHashtag: Sendable, Hashable {
    /// 17 digits that start with `17843`; users' ids start otherwise.
    package let id: String

    /// The name without `#`, in lower case; nil when only the id is known.
    package let name: String?

    /// The most characters in a name, as upstream.
    package static let longestName = 100

    private static let prefix = "17843"

    /// What the names of hashtags begin with that do not exist.
    private static let missing = "nosuch"

    /// Whether it is one of those that do not exist.
    var isMissing: Bool { name?.hasPrefix(Self.missing) == true }

    /// The hashtag of a name.
    ///
    /// A leading `#` or `＃` is dropped and letters become lower case. Nil unless the rest is 1 to 100 letters, digits
    /// and `_` of any script, and not digits alone.
    package init?(name: some StringProtocol) {
        let bare = name.first == "#" || name.first == "＃" ? name.dropFirst() : name[...]
        guard (1...Self.longestName).contains(bare.count), !bare.allSatisfy(\.isNumber),
            bare.unicodeScalars.allSatisfy(Self.isAllowed)
        else { return nil }
        let folded = bare.lowercased()
        var dice = Dice(seed: folded)
        let digits = String(dice.next() % 1_000_000_000_000)
        self.id = Self.prefix + String(repeating: "0", count: 12 - digits.count) + digits
        self.name = folded
    }

    /// The hashtag of an id, nameless; nil unless it is 17 digits that start with `17843`.
    package init?(id: some StringProtocol) {
        guard id.utf8.count == 17, id.isDigits, id.hasPrefix(Self.prefix) else { return nil }
        self.id = String(id)
        self.name = nil
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            // Variation selectors are marks, and belong to emoji.
            !scalar.properties.isVariationSelector
        default:
            scalar == "_"
        }
    }
}
