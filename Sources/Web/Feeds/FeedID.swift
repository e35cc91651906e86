import Crawler

/// The names of feeds and of their items, which readers know them again by.
///
/// They are made of what the source calls a post and of what is asked for, never of the host that was asked, so that
/// a feed which moves to another host is the same feed.
enum FeedID {
    static func item(_ id: Post.ID) -> String {
        "urn:instacrawler:post:\(PercentEncoding.encode(id.source)):\(PercentEncoding.encode(id.value))"
    }

    static func feed(_ query: PostQuery) -> String {
        let parts = [PercentEncoding.encode(query.name)] + query.filter.parameters
        return "urn:instacrawler:feed:" + parts.joined(separator: ":")
    }
}
