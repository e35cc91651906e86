import FoundationEssentials
import Hummingbird
import Logging
import Pictures
import Posts
import Prometheus

/// The web interface: all routes, for any Hummingbird server.
///
/// ```swift
/// let web = WebApplication(gallery: gallery, health: { HealthReport() }, pictures: PictureProxy(), logger: logger)
/// let application = Application(responder: web.buildResponder())
/// ```
///
/// Responses are created from the gallery in memory. Only pictures are fetched while a client waits.
package struct WebApplication<Context: RequestContext>: Sendable {
    private let site: Site

    /// - Parameters:
    ///   - context: the type of the server's request contexts.
    ///   - configuration: the operator's settings.
    ///   - gallery: the posts that the crawler found; every request reads them again.
    ///   - health: returns the state of the other parts; called for `/health`, `/metrics`, `/tags` and empty pages.
    ///   - pictures: fetches pictures from the sources.
    ///   - events: notifies the streams of `/events` while it runs; `nil` ends streams at once.
    ///   - metrics: the registry for `/metrics`; the interface adds its own metrics.
    ///   - accessKey: the key that clients must send; `nil` if no key is required.
    ///   - logger: logs pictures that cannot be fetched.
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

    /// Builds the responder with all routes.
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

/// The operator's settings of the web interface.
package struct WebConfiguration: Sendable {
    /// The name at the top of every page.
    package var title: String
    /// The value of `Retry-After` while nothing has been found or a picture cannot be fetched, in seconds.
    package var retryAfter: Int
    /// The version of the program, for the OpenAPI document.
    package var version: String
    /// The sites that may frame embeds, as sources of the directive `frame-ancestors` of `Content-Security-Policy`:
    /// `*`, `'none'` or `https://example.com`.
    package var frameAncestors: String
    /// The maximum body of a request, in bytes; nothing can be uploaded. A request that announces more gets 413.
    package var bodyBytes: Int

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
