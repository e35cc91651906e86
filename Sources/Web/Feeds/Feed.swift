import Crawler

/// What a feed says, whatever its format.
///
/// There is nothing in it that changes without a post: no counts, and no addresses of the sources' pictures, which are
/// signed anew all the time. Two feeds that are equal need not be told apart.
struct Feed: Sendable, Equatable {
    /// The name of the site.
    let site: String
    let id: String
    let title: String
    let description: String
    /// The page with the same posts.
    let home: String
    /// The address of the feed itself.
    let address: String
    /// The address of the feed with the posts before these; nil when there are none.
    let next: String?
    let icon: String
    /// When the newest of all posts that fit was published, in seconds since 1970-01-01T00:00:00Z.
    let updated: Int64?
    /// Newest first.
    let items: [FeedItem]

    /// - Parameters:
    ///   - posts: all posts that fit, newest first.
    ///   - site: the name of the site.
    init(_ format: FeedFormat, of query: PostQuery, _ page: PageQuery, posts: [Post], site: String, links: FeedLinks) {
        let path = "\(query.prefix)/\(format.file)"
        let stretch = PostPage(of: posts, page)
        self.site = site
        id = FeedID.feed(query)
        title = ([query.title ?? "Newest pictures"] + query.filter.description).joined(separator: ", ") + " · \(site)"
        description = "The newest posts" + (query.title.map { " under \($0)" } ?? "")
        home = links.absolute(page.firstAddress(query.path))
        address = links.absolute(page.address(path))
        next = stretch.next.map { links.absolute(page.address(path, before: $0)) }
        icon = links.absolute(Favicon.path)
        updated = posts.first?.publishedAt
        let home = home
        items = stretch.posts.map { FeedItem($0, home: home, links: links) }
    }
}
