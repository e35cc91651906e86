import Hummingbird
import Prometheus

/// `/status` and `/health`: whether the responder runs, and the state of its parts.
struct StatusRoutes: Sendable {
    /// The response of `/status`.
    static let status = Representation.json(
        Envelope.ok().json, lastModified: Representation.sinceStart, cache: .revalidate)

    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        router.read("/status") { request, _ in Self.status.response(to: request) }
        router.read("/health") { request, _ in
            let gallery = site.snapshots.current.gallery
            return Representation.json(site.health().json(of: gallery), cache: .never).response(to: request)
        }
    }
}

/// `/metrics`: all metrics in Prometheus text format.
struct MetricsRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        router.read("/metrics") { request, _ in
            Representation(
                body: ByteBuffer(string: site.metrics.registry.exposition),
                contentType: TextExposition.contentType, cache: .never
            ).response(to: request)
        }
    }
}

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

extension Router {
    /// Adds a route for `GET` and `HEAD` that refuses all other methods.
    ///
    /// ``FrontDoor`` removes the body of responses to `HEAD`, and routes every other method as `POST`, because a router
    /// cannot list unknown methods.
    func read(_ path: RouterPath, use handler: @escaping @Sendable (Request, Context) async throws -> Response) {
        on(path, method: .get, use: handler)
        on(path, method: .head, use: handler)
        on(path, method: .post) { _, _ -> Response in throw Refusal.methodNotAllowed }
    }

    /// Adds a route for a static file.
    func read(_ asset: HashedAsset) {
        read(RouterPath(asset.path)) { request, _ in asset.representation.response(to: request) }
    }
}
