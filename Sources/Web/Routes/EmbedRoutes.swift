import Hummingbird

/// `/embed/{tag}` for an `<iframe>`, and `/oembed`, which tells other sites of it.
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
        router.read(EmbedStylesheet.asset)
    }
}
