import Posts
import Prometheus

/// The content of `/health`, as metrics.
struct HealthMetrics: MetricSource {
    let health: @Sendable () -> HealthReport

    var families: [MetricFamily] {
        let report = health()
        return [
            MetricFamily(
                "instacrawler_component_healthy", .gauge, help: "1 while a part of the service is well, else 0.",
                samples: [sample("crawler", report.crawler), sample("storage", report.storage.component)]),
            MetricFamily(
                "instacrawler_crawl_healthy", .gauge,
                help: "1 while the crawls of a hashtag through a source go well, else 0.",
                samples: report.sources.map { $0.sample($0.health == .ok ? 1 : 0) }),
            MetricFamily(
                "instacrawler_crawl_last_attempt_timestamp_seconds", .gauge,
                help: "When a source was last asked for a hashtag, in seconds since 1970-01-01T00:00:00Z.",
                samples: report.sources.compactMap { source in source.lastAttempt.map { source.sample(Double($0)) } }),
            MetricFamily(
                "instacrawler_crawl_last_success_timestamp_seconds", .gauge,
                help: "When a source last answered well for a hashtag, in seconds since 1970-01-01T00:00:00Z.",
                samples: report.sources.compactMap { source in source.lastSuccess.map { source.sample(Double($0)) } }),
            MetricFamily(
                "instacrawler_source_usage_ratio", .gauge,
                help: "How much of its allowance a source says is used up; from 1 on it refuses calls.",
                samples: report.budgets.compactMap { budget in
                    budget.usage.map { budget.sample(Double($0.percent) / 100) }
                }),
            MetricFamily(
                "instacrawler_source_budget_left_ratio", .gauge,
                help: "How much of its allowance a source says is left.",
                samples: report.budgets.compactMap { budget in
                    budget.usage.map { budget.sample(Double($0.left) / 100) }
                }),
            MetricFamily(
                "instacrawler_source_hashtags_left", .gauge,
                help: "How many new hashtags a source may search for at the moment.",
                samples: report.budgets.compactMap { budget in budget.searches.map { budget.sample(Double($0.left)) } }),
        ]
    }

    private func sample(_ name: String, _ component: HealthReport.Component) -> MetricSample {
        MetricSample(labels: [MetricSample.Label("component", name)], value: component.state == .ok ? 1 : 0)
    }
}

extension CrawlStatus {
    fileprivate func sample(_ value: Double) -> MetricSample {
        MetricSample(
            labels: [MetricSample.Label("hashtag", hashtag.name), MetricSample.Label("source", source)], value: value)
    }
}

extension SourceBudget {
    fileprivate func sample(_ value: Double) -> MetricSample {
        MetricSample(labels: [MetricSample.Label("source", source)], value: value)
    }
}

/// The current posts, as metrics.
struct SnapshotMetrics: MetricSource {
    let snapshots: SnapshotBox

    var families: [MetricFamily] {
        let snapshot = snapshots.current
        let gallery = snapshot.gallery
        let counts = gallery.hashtags.map { hashtag in
            MetricSample(labels: [label(hashtag)], value: Double(gallery[hashtag].count))
        }
        let newest = gallery.hashtags.compactMap { hashtag in
            gallery[hashtag].first.map { MetricSample(labels: [label(hashtag)], value: Double($0.publishedAt)) }
        }
        return [
            MetricFamily(
                "instacrawler_snapshot_timestamp_seconds", .gauge,
                help: "When what readers are shown changed last, in seconds since 1970-01-01T00:00:00Z.",
                value: Double(snapshot.madeAt)),
            MetricFamily(
                "instacrawler_posts", .gauge, help: "Posts that readers are shown, by hashtag.", samples: counts),
            MetricFamily(
                "instacrawler_newest_post_timestamp_seconds", .gauge,
                help: "When the newest post was published, by hashtag, in seconds since 1970-01-01T00:00:00Z.",
                samples: newest),
        ]
    }

    private func label(_ hashtag: Hashtag) -> MetricSample.Label { MetricSample.Label("hashtag", hashtag.name) }
}

/// The open event streams, as metrics.
struct EventMetrics: MetricSource {
    let events: EventBroadcaster

    var families: [MetricFamily] {
        [
            MetricFamily(
                "instacrawler_event_streams_open", .gauge, help: "Event streams that are open.",
                value: Double(events.streamCount))
        ]
    }
}

/// The counters of the web interface.
struct WebMetrics: Sendable {
    /// The registry that `/metrics` shows.
    let registry: MetricsRegistry
    /// Requests for pictures by outcome: `ok`, `not_modified`, `abandoned`, or a ``PictureError/outcome``.
    let pictures: Metric<Counter>

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        pictures = Metric(
            "instacrawler_pictures_total", help: "Pictures that were asked for, by what became of it.",
            labels: ["outcome"], make: Counter.init)
        registry.add(pictures)
    }
}
