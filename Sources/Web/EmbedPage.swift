import Pictures
import Posts

/// The pictures of some hashtags on somebody else's page, in an `<iframe>`.
struct EmbedPage: Sendable {
    /// The name of the site.
    let title: String
    /// Of which hashtags, and which of their posts.
    let selection: PostQuery
    let query: EmbedQuery
    /// A page in a frame of another site has no cookie.
    let links: OwnLinks
    /// The newest first; all of them have a picture.
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
        <link rel="stylesheet" href="\#(links.address(EmbedStylesheet.asset.path))">
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

/// How an embed shall look.
struct EmbedQuery: Sendable, Equatable {
    /// Which colours it has.
    enum Theme: String, CaseIterable, Sendable {
        /// As the reader's system has it.
        case auto
        case light
        case dark
    }

    static let counts = 1...50
    static let columnCounts = 1...6

    /// How many pictures at most.
    var count = 9
    /// How many stand side by side.
    var columns = 3
    var theme = Theme.auto

    /// - Throws: ``Refusal/badRequest(_:)`` that says what is allowed.
    init(_ parameters: QueryParameters) throws(Refusal) {
        count = try Self.number("count", of: parameters, in: Self.counts) ?? count
        columns = try Self.number("columns", of: parameters, in: Self.columnCounts) ?? columns
        if let text = parameters["theme"] {
            guard let theme = Theme(rawValue: text) else { throw .badRequest("theme must be auto, light or dark") }
            self.theme = theme
        }
    }

    /// The parameters that ask for the same, without what is so anyway.
    var parameters: [String] {
        let standard = Self()
        return [
            count == standard.count ? nil : "count=\(count)",
            columns == standard.columns ? nil : "columns=\(columns)",
            theme == standard.theme ? nil : "theme=\(theme.rawValue)",
        ].compactMap(\.self)
    }

    /// How many rows there are when all pictures are there.
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

/// The look of an embed: as little of its own as possible.
enum EmbedStylesheet {
    static let asset = HashedAsset("embed", "css", contentType: "text/css; charset=utf-8", text: text)

    private static let light = """
        color-scheme: light; --ground: #ffffff; --hollow: #e9e5de; --ink: #1e1b18; --quiet: #676058; --accent: #a8325a;
        """
    private static let dark = """
        color-scheme: dark; --ground: #131214; --hollow: #29272c; --ink: #eeebe7; --quiet: #a7a0a3; --accent: #f48fb0;
        """

    private static let text = """
        :root { \(light) }
        .dark { \(dark) }
        @media (prefers-color-scheme: dark) {
          .auto { \(dark) }
        }
        *, *::before, *::after { box-sizing: border-box; }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: .875rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
        }
        .unseen {
          position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); white-space: nowrap;
        }
        .tiles { display: grid; gap: 4px; margin: 0; padding: 0; list-style: none; }
        .of-1 { grid-template-columns: 1fr; }
        .of-2 { grid-template-columns: repeat(2, minmax(0, 1fr)); }
        .of-3 { grid-template-columns: repeat(3, minmax(0, 1fr)); }
        .of-4 { grid-template-columns: repeat(4, minmax(0, 1fr)); }
        .of-5 { grid-template-columns: repeat(5, minmax(0, 1fr)); }
        .of-6 { grid-template-columns: repeat(6, minmax(0, 1fr)); }
        .tiles a {
          position: relative; display: block; aspect-ratio: 1; overflow: clip;
          background: var(--hollow); color: var(--quiet);
        }
        .tiles img { position: relative; display: block; width: 100%; height: 100%; object-fit: cover; }
        .blur { position: absolute; inset: -10%; width: 120%; height: 120%; filter: blur(1rem); }
        .veiled img { filter: blur(1.5rem); }
        .veiled a:hover img, .veiled a:focus-visible img { filter: none; }
        .tiles a:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; }
        .tiles a:focus-visible img { outline: 6px solid var(--ground); outline-offset: -9px; }
        footer { display: flex; justify-content: space-between; gap: 1rem; padding: .375rem .625rem; color: var(--quiet); }
        footer a { color: var(--ink); font-weight: 600; text-underline-offset: .2em; overflow-wrap: anywhere; }
        footer a:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
        .empty { margin: 0; padding: 3rem 1rem; text-align: center; color: var(--quiet); }

        """
}
