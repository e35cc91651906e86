import Crawler
import Prometheus

/// What readers are shown at the moment, in figures.
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
