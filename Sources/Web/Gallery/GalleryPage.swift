import Crawler

/// A page of pictures.
struct GalleryPage: Sendable {
    /// As many as a wide window shows without scrolling.
    private static let early = 5

    /// The name of the site.
    let title: String
    let hashtags: [Hashtag]
    /// Whose pictures they are; `nil` for those of all.
    let selected: Hashtag?
    let query: PageQuery
    let page: PostPage
    /// For the explanation of an empty page.
    let health: HealthReport?
    let origin: RequestOrigin
    let now: Int64

    var html: HTML {
        let shell = PageShell(
            site: title,
            title: selected.map { "#\($0.name)" } ?? "",
            description: description,
            navigation: PageShell.navigation(hashtags, selected: path),
            head: head
        )
        return shell.html("<h1>\(heading)</h1>\n\(content)")
    }

    private var path: String { selected?.path ?? "/" }

    private var heading: String {
        let what = selected.map { "#\($0.name)" } ?? "Newest pictures"
        return page.isLaterPage ? "\(what), earlier" : what
    }

    private var description: String {
        let names = (selected.map { [$0] } ?? hashtags).map { "#\($0.name)" }
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
        let json: HTML? = selected.map { hashtag in
            "<link rel=\"alternate\" type=\"application/json\" href=\"\(hashtag.path)\">\n"
        }
        return """
            <meta property="og:type" content="website">
            <meta property="og:site_name" content="\(title)">
            <meta property="og:title" content="\(selected.map { "#\($0.name)" } ?? title)">
            <meta property="og:description" content="\(description)">
            <meta property="og:url" content="\(origin.text)\(path)">
            \(image)\(json)
            """
    }

    private var content: HTML {
        if page.posts.isEmpty {
            return EmptyGallery(
                hashtags: selected.map { [$0] } ?? hashtags, isPastTheEnd: page.isLaterPage, health: health
            )
            .html
        }
        // The newest of all leads the page.
        let led: HTML? = page.isLaterPage ? nil : " led"
        return "<ul class=\"grid\(led)\" role=\"list\">\n\(cards)</ul>\n\(paging)"
    }

    private var cards: [HTML] {
        page.posts.enumerated().compactMap { index, post in
            Picture(of: post).map { picture in
                PostCard(post: post, picture: picture, isEarly: index < Self.early, now: now).html
            }
        }
    }

    private var paging: HTML? {
        let newest: HTML? = page.isLaterPage ? "<a href=\"\(path)\" rel=\"first\">Newest</a>\n" : nil
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
