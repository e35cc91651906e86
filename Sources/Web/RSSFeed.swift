import Pictures
import Posts

/// A ``Feed`` in RSS 2.0.
struct RSSFeed: Sendable {
    /// The time for which a client may keep the feed, in minutes: the default time between two crawls.
    private static let timeToLive = 5

    let feed: Feed
    let facts: PictureFacts

    var xml: XML {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="\(MediaRSS.namespace)">
        <channel>
        <title>\(feed.title)</title>
        <link>\(feed.home)</link>
        <description>\(feed.description)</description>
        \(changed)<generator>InstaCrawler</generator>
        <ttl>\(Self.timeToLive)</ttl>
        <atom:link rel="self" type="\(FeedFormat.rss.mediaType)" href="\(feed.address)"/>
        \(next)\(feed.items.map(item))</channel>
        </rss>

        """
    }

    private var changed: XML? {
        feed.updated.map { "<lastBuildDate>\(HTTPDate.format($0))</lastBuildDate>\n" }
    }

    /// The link to the next page (RFC 5005, section 3).
    private var next: XML? {
        feed.next.map { "<atom:link rel=\"next\" type=\"\(FeedFormat.rss.mediaType)\" href=\"\($0)\"/>\n" }
    }

    private func item(_ item: FeedItem) -> XML {
        """
        <item>
        <title>\(item.title)</title>
        <link>\(item.link)</link>
        <guid isPermaLink="false">\(item.id)</guid>
        <pubDate>\(HTTPDate.format(item.publishedAt))</pubDate>
        <dc:creator>\(item.author?.name ?? item.source)</dc:creator>
        \(language(item))<description>\(item.content)</description>
        \(enclosure(item))\(MediaRSS(item: item, facts: facts).xml)</item>

        """
    }

    private func language(_ item: FeedItem) -> XML? { item.language.map { "<dc:language>\($0)</dc:language>\n" } }

    /// The length is required; 0 means unknown (rssboard.org/rss-profile, "enclosure").
    private func enclosure(_ item: FeedItem) -> XML? {
        item.enclosed.map { picture in
            "<enclosure url=\"\(picture.url)\" length=\"\(picture.length(facts) ?? 0)\" type=\"\(picture.type(facts))\"/>\n"
        }
    }
}

/// The elements of Media RSS (rssboard.org/media-rss), from which some clients show pictures.
struct MediaRSS: Sendable {
    /// The XML namespace of the prefix `media`.
    static let namespace: XML = "http://search.yahoo.com/mrss/"

    let item: FeedItem
    let facts: PictureFacts

    var xml: XML {
        guard !item.pictures.isEmpty else { return "" }
        let rating: XML = item.isSensitive ? "adult" : "nonadult"
        return "\(item.pictures.map(content))<media:rating scheme=\"urn:simple\">\(rating)</media:rating>\n"
    }

    private func content(_ picture: FeedPicture) -> XML {
        let size = size(picture)
        let length: XML? = picture.length(facts).map { " fileSize=\"\($0)\"" }
        return """
            <media:content url="\(picture.url)" type="\(picture.type(facts))" medium="image"\(length)\(size)>
            <media:description type="plain">\(picture.description)</media:description>
            <media:thumbnail url="\(picture.url)"\(size)/>
            </media:content>

            """
    }

    private func size(_ picture: FeedPicture) -> XML? {
        guard let width = picture.width, let height = picture.height else { return nil }
        return " width=\"\(width)\" height=\"\(height)\""
    }
}
