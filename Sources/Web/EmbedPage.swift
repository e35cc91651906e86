import Pictures
import Posts

/// The page with the newest pictures of some hashtags for an `<iframe>` on another site.
struct EmbedPage: Sendable {
    /// The name of the site.
    let title: String
    /// The hashtags and filters.
    let selection: PostQuery
    let query: EmbedQuery
    /// They contain the access key, because a framed page on another site has no cookie.
    let links: OwnLinks
    /// Posts with a picture, newest first.
    let posts: [Post]

    var html: HTML {
        #"""
        <!DOCTYPE html>
        <html lang="en" class="\#(query.theme.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <meta name="robots" content="noindex">
        <title>\#(name) · \#(title)</title>
        <link rel="stylesheet" href="\#(links.address(HashedAsset.embedStyle.path))">
        <link rel="icon" href="\#(links.address(Favicon.path))" type="image/svg+xml">
        </head>
        <body>
        <main>
        <h1 class="unseen">The newest pictures posted under \#(name)</h1>
        \#(content)</main>
        <footer><a href="\#(links.address(selection.address(selection.path)))" target="_blank" rel="noopener">\#(name)</a> <span>\#(title)</span></footer>
        </body>
        </html>

        """#
    }

    private var name: String { selection.title ?? title }

    private var content: HTML {
        guard !posts.isEmpty else { return "<p class=\"empty\">No picture has been found so far.</p>\n" }
        let tiles = posts.prefix(query.count).compactMap { post in Picture(of: post).map { tile(post, $0) } }
        return "<ul class=\"tiles of-\(query.columns)\" role=\"list\">\n\(tiles)</ul>\n"
    }

    private func tile(_ post: Post, _ picture: Picture) -> HTML {
        let address = WebLink(post.permalink)?.address ?? links.address(picture.path)
        let veil: HTML? = post.isSensitive ? #" class="veiled""# : nil
        return #"""
            <li\#(veil)><a href="\#(address)" target="_blank" rel="noopener noreferrer external">\#(Placeholder(media: picture.media).html)<img src="\#(links.address(picture.path))" alt="\#(PictureDescription(picture).text)" loading="lazy" decoding="async"></a></li>

            """#
    }
}

/// The parameters that control the look of an embed.
struct EmbedQuery: Sendable, Equatable {
    /// The colour theme.
    enum Theme: String, CaseIterable, Sendable {
        /// Follows the visitor's system.
        case auto
        case light
        case dark
    }

    static let counts = 1...50
    static let columnCounts = 1...6

    /// The maximum number of pictures.
    var count = 9
    /// The number of pictures in a row.
    var columns = 3
    var theme = Theme.auto

    /// - Throws: ``Refusal/badRequest(_:)`` with the allowed values.
    init(_ parameters: QueryParameters) throws(Refusal) {
        count = try Self.number("count", of: parameters, in: Self.counts) ?? count
        columns = try Self.number("columns", of: parameters, in: Self.columnCounts) ?? columns
        if let text = parameters["theme"] {
            guard let theme = Theme(rawValue: text) else { throw .badRequest("theme must be auto, light or dark") }
            self.theme = theme
        }
    }

    /// The query parameters that differ from the defaults.
    var parameters: [String] {
        let standard = Self()
        return [
            count == standard.count ? nil : "count=\(count)",
            columns == standard.columns ? nil : "columns=\(columns)",
            theme == standard.theme ? nil : "theme=\(theme.rawValue)",
        ].compactMap(\.self)
    }

    /// The number of rows of an embed with ``count`` pictures.
    var rows: Int { (count + columns - 1) / columns }

    private init() {}

    private static func number(
        _ name: String, of parameters: QueryParameters, in allowed: ClosedRange<Int>
    ) throws(Refusal) -> Int? {
        guard let text = parameters[name] else { return nil }
        guard let number = DecimalNumber(text)?.value, allowed.contains(number) else {
            throw .badRequest("\(name) must be a whole number from \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        return number
    }
}
