import Hummingbird

/// `/`: the status for programs, the gallery for people.
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
        router.read(Stylesheet.asset)
        router.read(LiveScript.asset)
        router.read(RouterPath(Favicon.path)) { request, _ in Favicon.representation.response(to: request) }
    }
}
