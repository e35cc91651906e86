import Crawler

/// What a gallery page says in its head of the other forms in which its pictures are there.
struct PageLinks: Sendable {
    let selection: PostQuery
    /// What the pictures are.
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

    /// An address below that of the page, for the same posts.
    private func address(_ path: String) -> String { selection.address(selection.prefix + path) }

    private var json: HTML? {
        guard !selection.hashtags.isEmpty else { return nil }
        return #"<link rel="alternate" type="application/json" href="\#(address(""))">\#("\n")"#
    }

    /// Where other sites ask how to embed this page (oembed.com, section 4).
    private var embed: HTML? {
        guard !selection.hashtags.isEmpty, !origin.text.isEmpty else { return nil }
        let page = PercentEncoding.encode(origin.text + address(""))
        return
            #"<link rel="alternate" type="application/json+oembed" href="\#(origin.text)/oembed?url=\#(page)&amp;format=json" title="\#(title)">"#
    }
}
