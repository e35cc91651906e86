import Crawler

/// A page of pictures.
struct GalleryPage: Sendable {
    /// As many as a wide window shows without scrolling.
    private static let early = 5

    /// The name of the site.
    let title: String
    let hashtags: [Hashtag]
    /// Whose pictures they are, and which.
    let selection: PostQuery
    let query: PageQuery
    let page: PostPage
    /// For the explanation of an empty page.
    let health: HealthReport?
    let origin: RequestOrigin
    let now: Int64

    var html: HTML {
        let shell = PageShell(
            site: title,
            title: selection.title ?? "",
            description: description,
            navigation: PageShell.navigation(hashtags, selected: path),
            head: head
        )
        return shell.html("<h1>\(heading)</h1>\n\(content)")
    }

    /// The hashtags whose pictures are shown.
    private var shown: [Hashtag] { selection.hashtags.isEmpty ? hashtags : selection.hashtags }

    private var path: String { selection.path }

    private var heading: String {
        let what = ([selection.title ?? "Newest pictures"] + selection.filter.description).joined(separator: ", ")
        return page.isLaterPage ? "\(what), earlier" : what
    }

    private var description: String {
        let names = shown.map { "#\($0.name)" }
        return "The newest pictures posted under \(names.formattedList)"
    }

    private var head: HTML {
        let picture = page.posts.first.flatMap(Picture.init(of:))
        let image: HTML? = picture.map { picture in
            """
            <meta property="og:image" content="\(origin.text)\(picture.path)">
            <meta property="og:image:alt" content="\(PictureDescription(picture).text)">

            """
        }
        return """
            <meta property="og:type" content="website">
            <meta property="og:site_name" content="\(title)">
            <meta property="og:title" content="\(selection.title ?? title)">
            <meta property="og:description" content="\(description)">
            <meta property="og:url" content="\(origin.text)\(path)">
            <meta name="twitter:card" content="summary_large_image">
            \(image)\(PageLinks(selection: selection, title: selection.title ?? title, origin: origin).html)
            <script src="\(LiveScript.asset.path)" defer></script>

            """
    }

    /// Where the script hears of new pictures: those that came after the newest on the page. Later pages stay as they are.
    private var live: HTML? {
        guard !page.isLaterPage else { return nil }
        let mark = page.posts.first.map { EventID(mark: PageCursor(after: $0)) }
        let after = mark.map { ["after=\(PercentEncoding.encode($0.text))"] } ?? []
        let parameters = (["view=card"] + selection.filter.parameters + after).joined(separator: "&")
        return #" data-live="\#(selection.prefix)/events?\#(parameters)""#
    }

    private var content: HTML {
        if page.posts.isEmpty {
            return EmptyGallery(
                hashtags: shown, isPastTheEnd: page.isLaterPage, isFiltered: !selection.filter.isEmpty, health: health,
                live: live
            )
            .html
        }
        // The newest of all leads the page.
        let led: HTML? = page.isLaterPage ? nil : " led"
        return "<ul class=\"grid\(led)\" role=\"list\"\(live)>\n\(cards)</ul>\n\(paging)"
    }

    private var cards: [HTML] {
        page.posts.enumerated().compactMap { index, post in
            Picture(of: post).map { picture in
                PostCard(post: post, picture: picture, isEarly: index < Self.early, now: now).html
            }
        }
    }

    private var paging: HTML? {
        let newest: HTML? =
            page.isLaterPage ? "<a href=\"\(query.firstAddress(path))\" rel=\"first\">Newest</a>\n" : nil
        let older: HTML? = page.next.map { cursor in
            "<a href=\"\(query.address(path, before: cursor))\" rel=\"next\">Earlier pictures</a>\n"
        }
        guard newest != nil || older != nil else { return nil }
        return "<nav class=\"paging\" aria-label=\"Pages\">\n\(newest)\(older)</nav>\n"
    }
}

extension [String] {
    /// `a, b and c`.
    var formattedList: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}
