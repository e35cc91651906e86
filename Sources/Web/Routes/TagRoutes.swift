import Crawler
import Hummingbird

/// `/tags` and `/tags/{tag}`: the hashtags and their posts, as JSON or as pages.
struct TagRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        router.read("/tags") { request, _ in
            var answer = AcceptHeader(request.headers[.accept]).prefersHTML ? listPage(request) : list()
            answer.isNegotiated = true
            return answer.response(to: request)
        }
        router.read("/tags/:tag") { request, context in
            let snapshot = site.snapshots.current
            let hashtag = try site.hashtag(named: try context.parameters.decoded("tag"), in: snapshot.gallery)
            let query = try PageQuery(QueryParameters(request.uri.query))
            var answer =
                AcceptHeader(request.headers[.accept]).prefersHTML
                ? site.galleryPage(of: hashtag, query, in: snapshot, for: request)
                : posts(of: hashtag, query, in: snapshot)
            answer.isNegotiated = true
            return answer.response(to: request)
        }
    }

    private var summaries: [HashtagSummary] {
        let snapshot = site.snapshots.current
        let health = site.health()
        return snapshot.gallery.hashtags.map { HashtagSummary($0, in: snapshot, health) }
    }

    private func list() -> Representation {
        // The states move without a post, so there is no honest time of the last change.
        .json(.object(["tags": .array(summaries.map(\.json))]), cache: .live)
    }

    private func listPage(_ request: Request) -> Representation {
        let page = HashtagsPage(title: site.configuration.title, summaries: summaries, now: site.now())
        return .page(page.html)
    }

    private func posts(of hashtag: Hashtag, _ query: PageQuery, in snapshot: Snapshot) -> Representation {
        let all = snapshot.gallery[hashtag]
        let page = PostPage(of: all, query)
        return .json(
            .object([
                "tag": .string(hashtag.name),
                "count": .integer(Int64(page.posts.count)),
                "total": .integer(Int64(all.count)),
                "posts": .array(page.posts.map(\.json)),
                "next": page.next.map { .string($0.text) } ?? .null,
            ]),
            lastModified: all.first?.publishedAt,
            cache: .live
        )
    }
}
