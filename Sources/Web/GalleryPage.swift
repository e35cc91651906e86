import Hummingbird
import Pictures
import Posts

/// A page of pictures.
struct GalleryPage: Sendable {
    /// The number of pictures that load at once: as many as a wide window shows without scrolling.
    private static let early = 5

    /// The name of the site.
    let title: String
    let hashtags: [Hashtag]
    /// The hashtags and filters.
    let selection: PostQuery
    let query: PageQuery
    let page: PostPage
    /// Explains an empty page.
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
            <script src="\(HashedAsset.liveScript.path)" defer></script>

            """
    }

    /// The attribute with the address of the event stream, which sends pictures newer than those on the page. Later
    /// pages do not change.
    private var live: HTML? {
        guard !page.isLaterPage else { return nil }
        let mark = page.posts.first.map { EventID(mark: PageCursor(after: $0)) }
        let after = mark.map { ["after=\($0.text.percentEncoded)"] } ?? []
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
        // The first page shows the newest picture large.
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

/// The links in the head of a gallery page to other formats of the same pictures.
struct PageLinks: Sendable {
    let selection: PostQuery
    /// The title of the pictures.
    let title: String
    let origin: RequestOrigin

    var html: HTML {
        #"""
        <link rel="alternate" type="application/atom+xml" href="\#(address("/feed.atom"))" title="\#(title)">
        <link rel="alternate" type="application/rss+xml" href="\#(address("/feed.rss"))" title="\#(title), RSS">
        <link rel="alternate" type="application/feed+json" href="\#(address("/feed.json"))" title="\#(title), JSON Feed">
        \#(json)\#(embed)
        """#
    }

    /// An address below the page's, for the same posts.
    private func address(_ path: String) -> String { selection.address(selection.prefix + path) }

    private var json: HTML? {
        guard !selection.hashtags.isEmpty else { return nil }
        return #"<link rel="alternate" type="application/json" href="\#(address(""))">\#("\n")"#
    }

    /// The address that tells other sites how to embed this page (oembed.com, section 4).
    private var embed: HTML? {
        guard !selection.hashtags.isEmpty, !origin.text.isEmpty else { return nil }
        let page = (origin.text + address("")).percentEncoded
        return
            #"<link rel="alternate" type="application/json+oembed" href="\#(origin.text)/oembed?url=\#(page)&amp;format=json" title="\#(title)">"#
    }
}

/// The content of a page without pictures, which explains why there are none.
struct EmptyGallery: Sendable {
    let hashtags: [Hashtag]
    /// Whether the page starts after the oldest picture.
    let isPastTheEnd: Bool
    /// Whether the address contains filters.
    let isFiltered: Bool
    let health: HealthReport?
    /// The attribute with the address of the event stream.
    var live: HTML?

    var html: HTML {
        #"""
        <section class="empty"\#(live)>
        \#(Favicon.mark)
        <h2>\#(heading)</h2>
        <p>\#(explanation)</p>
        \#(troubles)</section>

        """#
    }

    private var heading: String {
        isPastTheEnd ? "That was the last one" : isFiltered ? "Nothing fits" : "Nothing here yet"
    }

    private var explanation: String {
        if isPastTheEnd { return "No earlier pictures have been found." }
        if hashtags.isEmpty { return "No hashtag is set up, so there is nothing to look for." }
        if isFiltered { return "None of the pictures that were found has all that the address asks for." }
        let names = hashtags.map { "#\($0.name)" }.formattedList
        return "The crawler has not found a picture under \(names) so far. "
            + "It goes on looking; open this page again in a minute."
    }

    private var troubles: HTML? {
        let sources = (health?.sources ?? []).filter { $0.health > .waiting && hashtags.contains($0.hashtag) }
        guard !sources.isEmpty else { return nil }
        let items = sources.map { source -> HTML in
            "<li><strong>\(source.source)</strong>, #\(source.hashtag.name): \(source.message ?? source.health.rawValue)</li>\n"
        }
        return "<ul>\n\(items)</ul>\n"
    }
}

extension Representation {
    /// A page may load style sheets, scripts, pictures and events only from this service, and nothing inline.
    private static let pagePolicy =
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors "

    /// - Parameters:
    ///   - lastModified: seconds since 1970-01-01T00:00:00Z.
    ///   - frameAncestors: the sites that may show the page in a frame.
    static func page(
        _ html: HTML, lastModified: Int64? = nil, frameAncestors: String = "'none'"
    ) -> Representation {
        var page = Representation(
            body: ByteBuffer(string: html.text), contentType: "text/html; charset=utf-8", lastModified: lastModified,
            cache: .live
        )
        page.securityPolicy = pagePolicy + frameAncestors
        return page
    }
}
