import Crawler
import Hummingbird

/// `/tags/{tag}/feed.atom`, `feed.rss` and `feed.json`, and the same of all hashtags under `/`.
struct FeedRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        for format in FeedFormat.allCases {
            router.read(RouterPath("/\(format.file)")) { request, _ in
                try answer(format, of: [], in: site.snapshots.current, request)
            }
            router.read(RouterPath("/tags/:tag/\(format.file)")) { request, context in
                let snapshot = site.snapshots.current
                let hashtags = try site.hashtags(named: try context.parameters.decoded("tag"), in: snapshot.gallery)
                return try answer(format, of: hashtags, in: snapshot, request)
            }
        }
    }

    /// A feed that would say the same as before stays as it was, byte for byte: what was learned of its pictures
    /// meanwhile is no news that a reader should be troubled with.
    private func answer(
        _ format: FeedFormat, of hashtags: [Hashtag], in snapshot: Snapshot, _ request: Request
    ) throws(Refusal) -> Response {
        let page = try PageQuery(QueryParameters(request.uri.query))
        let query = PostQuery(hashtags, page.filter)
        let links = FeedLinks(origin: RequestOrigin(request), own: site.links(for: request))
        func feed() -> Feed {
            Feed(
                format, of: query, page, posts: snapshot.posts(for: query), site: site.configuration.title, links: links
            )
        }
        guard page.before == nil else { return encode(feed(), format).response(to: request) }
        let key = AnswerCache.Key(
            form: format.mediaType, query: query, limit: page.limit, origin: links.absolute("")
        )
        let version = snapshot.gallery.version
        return site.cache.answer(key, version: version) { known in
            let feed = feed()
            let representation =
                if let known, known.feed == feed { known.representation } else { encode(feed, format) }
            return .init(version: version, feed: feed, representation: representation)
        }
        .response(to: request)
    }

    private func encode(_ feed: Feed, _ format: FeedFormat) -> Representation {
        Representation(
            body: ByteBuffer(bytes: format.encode(feed, site.facts)), contentType: format.contentType,
            lastModified: feed.updated, cache: .feed
        )
    }
}
