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
