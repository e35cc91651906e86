import Hummingbird

/// `/status` and `/health`: whether the responder answers, and how the rest is doing.
struct StatusRoutes: Sendable {
    /// The whole answer of `/status`.
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
