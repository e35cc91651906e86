import Crawler

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
