import Hummingbird

/// `/`: the status for programs, the gallery for browsers.
struct GalleryRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        router.read("/") { request, _ in
            var answer = StatusRoutes.status
            if AcceptHeader(request.headers[.accept]).prefersHTML {
                let query = try PageQuery(QueryParameters(request.uri.query))
                answer = await site.galleryPage(of: [], query, in: site.snapshots.current, for: request)
            }
            answer.isNegotiated = true
            return answer.response(to: request)
        }
        router.read(.galleryStyle)
        router.read(.liveScript)
        router.read(RouterPath(Favicon.path)) { request, _ in Favicon.representation.response(to: request) }
    }
}

/// `/embed/{tag}` for an `<iframe>`, and `/oembed`, which describes it to other sites.
struct EmbedRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        router.read("/embed/:tag") { request, context in
            let snapshot = site.snapshots.current
            let parameters = QueryParameters(request.uri.query)
            let selection = PostQuery(
                try site.hashtags(named: try context.parameters.decoded("tag"), in: snapshot.gallery),
                try PostFilter(parameters))
            let page = EmbedPage(
                title: site.configuration.title, selection: selection,
                query: try EmbedQuery(parameters), links: site.links(for: request),
                posts: await snapshot.posts(for: selection).filter { $0.picture != nil }
            )
            return Representation.page(
                page.html, lastModified: snapshot.changedAt(selection.hashtags),
                frameAncestors: site.configuration.frameAncestors
            ).response(to: request)
        }
        router.read("/oembed") { request, _ in
            let answer = try OEmbed(
                QueryParameters(request.uri.query), title: site.configuration.title, origin: RequestOrigin(request),
                links: site.links(for: request)
            ) { name throws(Refusal) in try site.hashtags(named: name, in: site.snapshots.current.gallery) }
            return Representation.json(answer.json, lastModified: Representation.sinceStart, cache: .day).response(
                to: request)
        }
        router.read(.embedStyle)
    }
}

/// `/tags` and `/tags/{tag}`: the hashtags and their posts, as JSON or as pages.
struct TagRoutes: Sendable {
    let site: Site
    /// The list of hashtags changes with each crawl and its outcome, even without a new post.
    private let listChange = LastChange()

    init(site: Site) {
        self.site = site
    }

    func add<Context: RequestContext>(to router: Router<Context>) {
        router.read("/tags") { request, _ in
            var answer = list()
            let time = listChange.time(of: answer.validators.tag, now: site.now())
            if AcceptHeader(request.headers[.accept]).prefersHTML { answer = listPage() }
            answer.validators.lastModified = time
            answer.isNegotiated = true
            return answer.response(to: request)
        }
        router.read("/tags/:tag") { request, context in
            let snapshot = site.snapshots.current
            let hashtags = try site.hashtags(named: try context.parameters.decoded("tag"), in: snapshot.gallery)
            let page = try PageQuery(QueryParameters(request.uri.query))
            var answer =
                AcceptHeader(request.headers[.accept]).prefersHTML
                ? await site.galleryPage(of: hashtags, page, in: snapshot, for: request)
                : await posts(PostQuery(hashtags, page.filter), page, in: snapshot)
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
        .json(.object(["tags": .array(summaries.map(\.json))]), cache: .live)
    }

    private func listPage() -> Representation {
        let page = HashtagsPage(title: site.configuration.title, summaries: summaries, now: site.now())
        return .page(page.html)
    }

    /// Caches only the first page.
    private func posts(_ query: PostQuery, _ page: PageQuery, in snapshot: Snapshot) async -> Representation {
        guard page.before == nil else { return await encoded(query, page, in: snapshot) }
        let key = AnswerCache.Key(form: JSON.contentType, query: query, limit: page.limit, origin: "")
        return await site.cache.answer(key, version: snapshot.gallery.version) { _ in
            .init(version: snapshot.gallery.version, representation: await encoded(query, page, in: snapshot))
        }
    }

    private func encoded(_ query: PostQuery, _ pageQuery: PageQuery, in snapshot: Snapshot) async -> Representation {
        let all = await snapshot.posts(for: query)
        let page = PostPage(of: all, pageQuery)
        return .json(
            .object([
                "tag": .string(query.name),
                "count": .integer(Int64(page.posts.count)),
                "total": .integer(Int64(all.count)),
                "posts": .array(page.posts.map(\.json)),
                "next": page.next.map { .string($0.text) } ?? .null,
            ]),
            lastModified: snapshot.changedAt(query.hashtags),
            cache: .live
        )
    }
}
