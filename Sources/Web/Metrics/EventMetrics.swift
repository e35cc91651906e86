import Prometheus

/// How many readers are told of new posts at the moment.
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
