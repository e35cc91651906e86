import Prometheus

/// What the web interface counts while it works.
struct WebMetrics: Sendable {
    /// The registry that `/metrics` shows.
    let registry: MetricsRegistry
    /// Pictures that readers asked for, by what became of it: `ok`, `not_modified`, or a ``PictureError/outcome``.
    let pictures: Metric<Counter>

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        pictures = Metric(
            "instacrawler_pictures_total", help: "Pictures that were asked for, by what became of it.",
            labels: ["outcome"], make: Counter.init)
        registry.add(pictures)
    }
}
