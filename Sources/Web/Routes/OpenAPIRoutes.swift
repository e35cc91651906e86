import Hummingbird

/// `/openapi.json`: the description of all routes.
struct OpenAPIRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        let document = OpenAPIDocument(
            title: site.configuration.title, version: site.configuration.version,
            hashtags: site.snapshots.current.gallery.hashtags, needsKey: site.accessKey != nil)
        let description = Representation.json(
            document.json, lastModified: Representation.sinceStart, cache: .revalidate)
        router.read("/openapi.json") { request, _ in description.response(to: request) }
    }
}
