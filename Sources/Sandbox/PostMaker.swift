/// Makes the posts of a hashtag. A number always gives the same post, in every process.
struct PostMaker: Sendable {
    let hashtag: SandboxHashtag
    private let seed: UInt64

    init(hashtag: SandboxHashtag) {
        self.hashtag = hashtag
        self.seed = Dice.hash(hashtag.id)
    }

    /// Returns the post with a number that was published at a time, in seconds since 1970.
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

    /// The number of likes; `nil` for one post in twelve. Sorting by likes uses this because making a post costs more.
    func likeCount(number: Int) -> Int? {
        var dice = Dice(seed: seed &+ 1, position: number)
        if dice.once(in: 12) { return nil }
        return dice.below(dice.once(in: 8) ? 20_000 : 900)
    }

    /// The permalink of a post or a child, with an 11-character code that depends on its ID.
    static func permalink(code seed: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var dice = Dice(seed: seed, position: 2)
        return "https://www.instagram.com/p/\(String((0..<11).map { _ in dice.pick(alphabet) }))/"
    }

    /// Of a hundred posts, about 2 withhold their address, 6 are videos and 14 are albums.
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

    /// Spreads the numbers of posts over all IDs without collisions: the factor and the range have no common divisor.
    private func spread(_ number: Int) -> UInt64 {
        let range = MediaID.range
        let remainder = number % Int(range)
        let place = UInt64(remainder < 0 ? remainder + Int(range) : remainder)
        let product = place.multipliedFullWidth(by: 7_390_561_827_343)
        return (seed % range + range.dividingFullWidth(product).remainder) % range
    }
}

/// Writes captions: a sentence about the picture in one of many languages, then hashtags.
struct CaptionWriter: Sendable {
    /// The hashtag's name. If it is `nil`, the caption lacks the hashtag but is otherwise the same.
    let name: String?

    /// The subject of the picture.
    let motif: Motif

    /// Returns a caption of one or more lines.
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

    /// Returns the hashtag among up to five others. The sequence of random numbers does not depend on whether the name
    /// is known.
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

    /// The usual separators between text and hashtags.
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

/// A hashtag of the emulated Instagram: its ID, and its name if known.
///
/// The ID is a hash of the name, so every sandbox gives a name the same ID, as Instagram does. A hash cannot be
/// reversed. Therefore a post depends only on the *ID*, except that its caption mentions the name. Every well-formed ID
/// has posts, even in a process that never saw its search: clients may store IDs for ever.
/// stores ids for ever, made long ago.
package struct SandboxHashtag: Sendable, Hashable {
    /// 17 digits that start with `17843`. The IDs of users start differently.
    package let id: String

    /// The name without `#`, in lower case; `nil` if only the ID is known.
    package let name: String?

    /// The largest number of characters in a name, as upstream has it.
    package static let longestName = 100

    private static let prefix = "17843"

    /// The prefix of names of hashtags that do not exist.
    private static let missing = "nosuch"

    /// Whether the hashtag does not exist.
    var isMissing: Bool { name?.hasPrefix(Self.missing) == true }

    /// Creates the hashtag with a name.
    ///
    /// Drops a leading `#` or `＃` and converts letters to lower case. Returns `nil` unless the rest is 1 to 100
    /// letters, digits and `_` of any script, and not only digits.
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

    /// Creates a hashtag without a name; `nil` unless the ID has 17 digits and starts with `17843`.
    package init?(id: some StringProtocol) {
        guard id.utf8.count == 17, id.isDigits, id.hasPrefix(Self.prefix) else { return nil }
        self.id = String(id)
        self.name = nil
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            // Variation selectors are marks, but belong to emoji.
            !scalar.properties.isVariationSelector
        default:
            scalar == "_"
        }
    }
}
