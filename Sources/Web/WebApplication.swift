import FoundationEssentials
import Hummingbird
import Logging
import Pictures
import Posts
import Prometheus

/// The web interface: every route, ready to be run by any Hummingbird server.
///
/// ```swift
/// let web = WebApplication(gallery: gallery, health: { HealthReport() }, pictures: PictureProxy(), logger: logger)
/// let application = Application(responder: web.buildResponder())
/// ```
///
/// Answers are made from the gallery in memory; only pictures are fetched while a reader waits.
package struct WebApplication<Context: RequestContext>: Sendable {
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
    package init(
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
    package func buildResponder() -> some HTTPResponder<Context> {
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

/// What an operator may want different in the web interface.
package struct WebConfiguration: Sendable {
    /// The name at the top of every page.
    package var title: String
    /// Seconds after which a reader is told to ask again while nothing has been found yet.
    package var retryAfter: Int
    /// The version of the program, for the description of the interface.
    package var version: String
    /// Who may frame the embeds: the sources of the directive `frame-ancestors` of the `Content-Security-Policy`.
    package var frameAncestors: String
    /// The largest body of a request, in bytes; there is nothing to upload. What announces more is refused with 413.
    package var bodyBytes: Int

    /// - Parameters:
    ///   - title: the name at the top of every page.
    ///   - retryAfter: seconds for `Retry-After` while nothing has been found yet.
    ///   - version: of the program.
    ///   - frameAncestors: who may frame the embeds, such as `*`, `'none'` or `https://example.com`.
    ///   - bodyBytes: the largest body of a request.
    package init(
        title: String = "InstaCrawler", retryAfter: Int = 10, version: String = "development",
        frameAncestors: String = "*", bodyBytes: Int = 65_536
    ) {
        self.title = title
        self.retryAfter = retryAfter
        self.version = version
        self.frameAncestors = frameAncestors
        self.bodyBytes = bodyBytes
    }
}
