import Pictures

/// A ``Feed`` in JSON Feed 1.1.
struct JSONFeed: Sendable {
    let feed: Feed
    let facts: PictureFacts

    var json: JSON {
        .object([
            "version": "https://jsonfeed.org/version/1.1",
            "title": .string(feed.title),
            "home_page_url": .string(feed.home),
            "feed_url": .string(feed.address),
            "description": .string(feed.description),
            "next_url": feed.next.map(JSON.string),
            "favicon": .string(feed.icon),
            "items": .array(feed.items.map(item)),
        ])
    }

    private func item(_ item: FeedItem) -> JSON {
        .object([
            "id": .string(item.id),
            "url": .string(item.link),
            "title": .string(item.title),
            "content_html": .string(item.content.text),
            "image": item.enclosed.map { .string($0.url) },
            "date_published": .timestamp(item.publishedAt),
            "authors": .array([item.author?.json ?? .object(["name": .string(item.source)])]),
            "language": item.language.map(JSON.string),
            "attachments": item.enclosed.map { .array([attachment($0)]) },
        ])
    }

    private func attachment(_ picture: FeedPicture) -> JSON {
        .object([
            "url": .string(picture.url),
            "mime_type": .string(picture.type(facts)),
            "title": .string(picture.description),
            "size_in_bytes": picture.length(facts).map { .integer(Int64($0)) },
        ])
    }
}
