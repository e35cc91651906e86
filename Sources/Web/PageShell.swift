import Hummingbird
import Posts

/// The header, navigation and footer of all pages.
struct PageShell: Sendable {
    /// The name of the site.
    let site: String
    /// The name of the page; empty on the front page.
    let title: String
    let description: String
    let navigation: [Link]
    /// Additional elements of `<head>`.
    var head: HTML = ""

    /// An entry of the navigation.
    struct Link: Sendable {
        let text: String
        let address: String
        let isCurrent: Bool
    }

    func html(_ content: HTML) -> HTML {
        #"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>\#(fullTitle)</title>
        <meta name="description" content="\#(description)">
        <link rel="stylesheet" href="\#(HashedAsset.galleryStyle.path)">
        <link rel="icon" href="\#(Favicon.path)" type="image/svg+xml">
        \#(head)</head>
        <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="top">
        <a class="brand" href="/">\#(Favicon.mark)<span>\#(site)</span></a>
        <nav aria-label="Hashtags">
        <ul>
        \#(navigation.map(Self.item))</ul>
        </nav>
        </header>
        <main id="content" tabindex="-1">
        \#(content)</main>
        <footer class="bottom">
        <p>The newest picture: <a href="/latest/image">as a picture</a>, <a href="/latest">as JSON</a></p>
        <p><a href="/tags">All hashtags</a> · <a href="/health">Health</a></p>
        </footer>
        </body>
        </html>

        """#
    }

    private var fullTitle: String { title.isEmpty ? site : "\(title) · \(site)" }

    private static func item(_ link: Link) -> HTML {
        let current: HTML? = link.isCurrent ? #" aria-current="page""# : nil
        return "<li><a href=\"\(link.address)\"\(current)>\(link.text)</a></li>\n"
    }
}

extension PageShell {
    /// The links to the front page and each hashtag.
    static func navigation(_ hashtags: [Hashtag], selected address: String) -> [Link] {
        let all = Link(text: "All", address: "/", isCurrent: address == "/")
        return [all]
            + hashtags.map { Link(text: "#\($0.name)", address: $0.path, isCurrent: address == $0.path) }
    }
}

/// The icon of the service: a hash sign inside a picture frame.
enum Favicon {
    static let path = "/favicon.svg"

    static let representation = Representation(
        body: ByteBuffer(bytes: PackageResources.favicon_svg), contentType: "image/svg+xml",
        lastModified: Representation.sinceStart, cache: .day
    )

    /// The icon inside a page, in the colour of the surrounding text.
    static let mark: HTML = #"""
        <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><rect x="2.5" y="2.5" width="27" height="27" rx="8" fill="none" stroke="currentColor" stroke-width="2.5"/><path d="M13.5 9l-2 14M20.5 9l-2 14M9.5 13.5h14M8.5 18.5h14" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/></svg>
        """#
}

/// The page with all hashtags.
struct HashtagsPage: Sendable {
    /// The name of the site.
    let title: String
    let summaries: [HashtagSummary]
    let now: Int64

    var html: HTML {
        let shell = PageShell(
            site: title,
            title: "Hashtags",
            description: "The hashtags whose newest pictures are shown here",
            navigation: PageShell.navigation(summaries.map(\.hashtag), selected: "/tags"),
            head: "<link rel=\"alternate\" type=\"application/json\" href=\"/tags\">\n"
        )
        return shell.html("<h1>Hashtags</h1>\n<ul class=\"tags\" role=\"list\">\n\(summaries.map(item))</ul>\n")
    }

    private func item(_ summary: HashtagSummary) -> HTML {
        let newest: HTML? = summary.newest.map { "<span>newest \(RelativeTime(moment: $0, now: now).html)</span>" }
        let crawl: HTML? = summary.lastCrawl.map { "<span>looked \(RelativeTime(moment: $0, now: now).html)</span>" }
        return #"""
            <li>
            <a href="\#(summary.hashtag.path)">#\#(summary.hashtag.name)</a>
            <p class="meta"><span>\#(summary.pictures) \#(summary.pictures == 1 ? "picture" : "pictures")</span>\#(newest)\#(crawl)<span>\#(words(summary.state))</span></p>
            </li>

            """#
    }

    private func words(_ state: HealthReport.State) -> String {
        switch state {
        case .ok: "up to date"
        case .waiting: "not looked at yet"
        case .failing: "trouble with a source, trying again"
        case .stopped: "a source needs its operator"
        }
    }
}
