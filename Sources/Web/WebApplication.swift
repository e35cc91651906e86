import Crawler
import FoundationEssentials
import Hummingbird
import Logging
public import Prometheus

/// The web interface: every route, ready to be run by any Hummingbird server.
///
/// ```swift
/// let web = WebApplication(gallery: gallery, health: { HealthReport() }, pictures: PictureProxy(), logger: logger)
/// let application = Application(responder: web.buildResponder())
/// ```
///
/// Answers are made from the gallery in memory; only pictures are fetched while a reader waits.
public struct WebApplication<Context: RequestContext>: Sendable {
    private let site: Site

    /// - Parameters:
    ///   - context: the kind of context that the server makes for a request.
    ///   - configuration: what an operator may want different.
    ///   - gallery: what the crawler found; read anew by every request.
    ///   - health: how the parts behind it are doing; asked by `/health`, `/tags` and empty pages.
    ///   - pictures: fetches pictures from where the sources keep them.
    ///   - events: tells the streams of `/events` of new posts, while somebody runs it; nil for streams that end at once.
    ///   - metrics: what `/metrics` shows; the interface adds what it counts itself.
    ///   - accessKey: what readers have to show; nil lets everybody in.
    ///   - logger: gets a line for every picture that could not be had and every unexpected error.
    ///   - now: the clock, in seconds since 1970-01-01T00:00:00Z.
    public init(
        context: Context.Type = BasicRequestContext.self,
        configuration: WebConfiguration = WebConfiguration(),
        gallery: GalleryBox,
        health: @escaping @Sendable () -> HealthReport,
        pictures: PictureProxy,
        events: EventBroadcaster? = nil,
        metrics: MetricsRegistry = MetricsRegistry(),
        accessKey: AccessKey? = nil,
        logger: Logger,
        now: @escaping @Sendable () -> Int64 = { Int64(Date.now.timeIntervalSince1970) }
    ) {
        site = Site(
            configuration: configuration, snapshots: SnapshotBox(gallery, now: now), health: health, pictures: pictures,
            events: events ?? EventBroadcaster(gallery: gallery), logger: logger, metrics: WebMetrics(metrics),
            accessKey: accessKey, now: now
        )
        metrics.add(SnapshotMetrics(snapshots: site.snapshots))
        metrics.add(HealthMetrics(health: health))
        metrics.add(EventMetrics(events: site.events))
    }

    /// The responder that knows all routes.
    public func buildResponder() -> some HTTPResponder<Context> {
        let router = buildRouter()
        let requests = RequestMetrics(routes: router.routes.map(\.path.description))
        site.metrics.registry.add(requests)
        let door = FrontDoor(inner: router.buildResponder(), bodyBytes: site.configuration.bodyBytes)
        return RequestObserver(
            inner: CrossOrigin(inner: AccessGuard(inner: door, key: site.accessKey)), metrics: requests)
    }

    func buildRouter() -> Router<Context> {
        let router = Router(context: Context.self)
        router.add(middleware: RefusalMiddleware())
        StatusRoutes(site: site).add(to: router)
        LatestRoutes(site: site).add(to: router)
        MediaRoutes(site: site).add(to: router)
        TagRoutes(site: site).add(to: router)
        FeedRoutes(site: site).add(to: router)
        GalleryRoutes(site: site).add(to: router)
        MetricsRoutes(site: site).add(to: router)
        OpenAPIRoutes(site: site).add(to: router)
        EventRoutes(site: site).add(to: router)
        EmbedRoutes(site: site).add(to: router)
        return router
    }
}
