/// The formats in which a feed is there.
enum FeedFormat: String, Sendable, CaseIterable {
    /// Atom 1.0 (RFC 4287), with Media RSS.
    case atom
    /// RSS 2.0 (rssboard.org/rss-specification), with Media RSS.
    case rss
    /// JSON Feed 1.1 (jsonfeed.org/version/1.1).
    case json

    /// The last segment of the address.
    var file: String { "feed.\(rawValue)" }

    /// The media type, without parameters.
    var mediaType: String {
        switch self {
        case .atom: "application/atom+xml"
        case .rss: "application/rss+xml"
        case .json: "application/feed+json"
        }
    }

    var contentType: String {
        switch self {
        case .atom, .rss: "\(mediaType); charset=utf-8"
        // JSON is UTF-8, and the type has no such parameter (RFC 8259, section 11).
        case .json: mediaType
        }
    }

    /// The bytes of a feed.
    func encode(_ feed: Feed, _ facts: PictureFacts) -> [UInt8] {
        switch self {
        case .atom: Array(AtomFeed(feed: feed, facts: facts).xml.text.utf8)
        case .rss: Array(RSSFeed(feed: feed, facts: facts).xml.text.utf8)
        case .json: JSONFeed(feed: feed, facts: facts).json.encoded
        }
    }
}
