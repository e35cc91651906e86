import Crawler
import Hummingbird

/// `/tags/{tag}/feed.atom`, `feed.rss` and `feed.json`, and the same of all hashtags under `/`.
struct FeedRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        for format in FeedFormat.allCases {
            router.read(RouterPath("/\(format.file)")) { request, _ in
                try await answer(format, of: [], in: site.snapshots.current, request)
            }
            router.read(RouterPath("/tags/:tag/\(format.file)")) { request, context in
                let snapshot = site.snapshots.current
                let hashtags = try site.hashtags(named: try context.parameters.decoded("tag"), in: snapshot.gallery)
                return try await answer(format, of: hashtags, in: snapshot, request)
            }
        }
    }

    /// A feed that would say the same as before stays as it was, byte for byte: what was learned of its pictures
    /// meanwhile is no news that a reader should be troubled with.
    private func answer(
        _ format: FeedFormat, of hashtags: [Hashtag], in snapshot: Snapshot, _ request: Request
    ) async throws(Refusal) -> Response {
        let page = try PageQuery(QueryParameters(request.uri.query))
        let query = PostQuery(hashtags, page.filter)
        let links = FeedLinks(origin: RequestOrigin(request), own: site.links(for: request))
        func feed() async -> Feed {
            Feed(
                format, of: query, page, posts: await snapshot.posts(for: query), site: site.configuration.title,
                links: links
            )
        }
        let changed = snapshot.changedAt(hashtags)
        guard page.before == nil else { return encode(await feed(), format, changed).response(to: request) }
        let key = AnswerCache.Key(
            form: format.mediaType, query: query, limit: page.limit, origin: links.absolute("")
        )
        let version = snapshot.gallery.version
        return await site.cache.answer(key, version: version) { known in
            let feed = await feed()
            let representation =
                if let known, known.feed == feed { known.representation } else { encode(feed, format, changed) }
            return .init(version: version, feed: feed, representation: representation)
        }
        .response(to: request)
    }

    private func encode(_ feed: Feed, _ format: FeedFormat, _ changed: Int64) -> Representation {
        Representation(
            body: ByteBuffer(bytes: format.encode(feed, site.facts)), contentType: format.contentType,
            lastModified: feed.updated.map { _ in changed }, cache: .feed
        )
    }
}
