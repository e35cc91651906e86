import Pictures
import Posts

/// A ``Feed`` in Atom 1.0 (RFC 4287).
struct AtomFeed: Sendable {
    let feed: Feed
    let facts: PictureFacts

    var xml: XML {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="\(MediaRSS.namespace)">
        <id>\(feed.id)</id>
        <title>\(feed.title)</title>
        <subtitle>\(feed.description)</subtitle>
        <updated>\(time(feed.updated ?? 0))</updated>
        <link rel="self" type="\(FeedFormat.atom.mediaType)" href="\(feed.address)"/>
        <link rel="alternate" type="text/html" href="\(feed.home)"/>
        \(next)<author><name>\(feed.site)</name></author>
        <generator>InstaCrawler</generator>
        <icon>\(feed.icon)</icon>
        \(feed.items.map(entry))</feed>

        """
    }

    /// The link to the next page (RFC 5005, section 3).
    private var next: XML? {
        feed.next.map { "<link rel=\"next\" type=\"\(FeedFormat.atom.mediaType)\" href=\"\($0)\"/>\n" }
    }

    private func entry(_ item: FeedItem) -> XML {
        let language: XML? = item.language.map { " xml:lang=\"\($0)\"" }
        return """
            <entry\(language)>
            <id>\(item.id)</id>
            <title>\(item.title)</title>
            <link rel="alternate" href="\(item.link)"/>
            <published>\(time(item.publishedAt))</published>
            <updated>\(time(item.publishedAt))</updated>
            <author>\(author(item))</author>
            <content type="html">\(item.content)</content>
            \(enclosure(item))\(MediaRSS(item: item, facts: facts).xml)</entry>

            """
    }

    /// The name is required (section 3.2.1). The name of the source replaces a missing one.
    private func author(_ item: FeedItem) -> XML {
        let page: XML? = WebLink(item.author?.url).map { "<uri>\($0.address)</uri>" }
        return "<name>\(item.author?.name ?? item.source)</name>\(page)"
    }

    /// The length is optional (section 4.2.7.6), and omitted while it is unknown.
    private func enclosure(_ item: FeedItem) -> XML? {
        item.enclosed.map { picture in
            let length: XML? = picture.length(facts).map { " length=\"\($0)\"" }
            return "<link rel=\"enclosure\" type=\"\(picture.type(facts))\"\(length) href=\"\(picture.url)\"/>\n"
        }
    }

    private func time(_ secondsSinceEpoch: Int64) -> String {
        CivilTime(secondsSinceEpoch: secondsSinceEpoch).timestamp
    }
}
