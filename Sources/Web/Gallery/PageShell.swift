import Crawler

/// What all pages have around their content.
struct PageShell: Sendable {
    /// The name of the site.
    let site: String
    /// The name of the page; empty on the first.
    let title: String
    let description: String
    let navigation: [Link]
    /// More for the head of the document.
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
        <link rel="stylesheet" href="\#(Stylesheet.asset.path)">
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
    /// The navigation through the hashtags.
    static func navigation(_ hashtags: [Hashtag], selected address: String) -> [Link] {
        let all = Link(text: "All", address: "/", isCurrent: address == "/")
        return [all]
            + hashtags.map { Link(text: "#\($0.name)", address: $0.path, isCurrent: address == $0.path) }
    }
}
