import Crawler

/// Posts as lines of a table.
struct PostTable {
    private let showsHashtags: Bool
    private let hashtagWidth: Int
    private let sourceWidth: Int
    private let textWidth: Int

    private static let timeWidth = 16
    /// Where nobody looks, lines need not fit.
    private static let plainTextWidth = 48

    /// - Parameters:
    ///   - hashtags: those of which posts will be shown; of one alone the name is not repeated in each line.
    ///   - sources: the names of the sources.
    ///   - columns: how many the terminal has; nil for none.
    init(hashtags: [Hashtag], sources: [String], columns: Int?) {
        showsHashtags = hashtags.count > 1
        hashtagWidth = min(20, max(7, hashtags.map { $0.name.columnWidth + 1 }.max() ?? 0))
        sourceWidth = min(24, max(6, sources.map(\.count).max() ?? 0))
        let others = Self.timeWidth + 2 + (showsHashtags ? hashtagWidth + 2 : 0) + sourceWidth + 2
        // An address is not cut: it is there to be followed. Most take some 40 columns.
        textWidth = columns.map { min(80, max(20, $0 - others - 42)) } ?? Self.plainTextWidth
    }

    /// The names of the columns.
    var head: String { line("TIME (UTC)", "HASHTAG", "SOURCE", "POST", "ADDRESS") }

    /// The line of a post.
    func line(_ post: Post, _ hashtag: Hashtag) -> String {
        let time = String(ISO8601.text(post.publishedAt).prefix(Self.timeWidth)).replacing("T", with: " ")
        let text = [post.author?.name, post.caption].compactMap { $0?.onOneLine }.filter { !$0.isEmpty }
            .joined(separator: ": ")
        let address = post.permalink ?? post.media.first?.url ?? ""
        return line(time, "#\(hashtag.name)", post.id.source, text, address.onOneLine)
    }

    private func line(
        _ time: String, _ hashtag: String, _ source: String, _ text: String, _ address: String
    ) -> String {
        var cells = [time.fitted(to: Self.timeWidth)]
        if showsHashtags { cells.append(hashtag.fitted(to: hashtagWidth)) }
        cells += [source.fitted(to: sourceWidth), text.fitted(to: textWidth), address]
        return cells.joined(separator: "  ")
    }
}
