import Hummingbird
import Prometheus

/// `/metrics`: everything that is counted, for Prometheus.
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
