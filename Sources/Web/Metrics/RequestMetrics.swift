import Prometheus
import Synchronization

/// Counts requests by route and status, and measures how long they take.
///
/// The routes are known from the start, and a status is what a handler gives: what readers send makes no new label.
struct RequestMetrics: MetricSource {
    private let routes: [String: RouteMeter]
    private let unmatched = RouteMeter()

    /// - Parameter routes: the patterns of all routes, such as `/tags/{tag}`.
    init(routes: some Sequence<String>) {
        self.routes = Dictionary(routes.map { ($0, RouteMeter()) }) { first, _ in first }
    }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - route: the pattern of the route; anything else counts as `unmatched`.
    ///   - status: of the answer.
    ///   - duration: from the request to the head of the answer.
    func record(route: String?, status: Int, duration: Duration) {
        let meter = route.flatMap { routes[$0] } ?? unmatched
        meter.record(status: status, duration: duration)
    }

    var families: [MetricFamily] {
        var counts: [MetricSample] = []
        var durations: [MetricSample] = []
        let meters = routes.sorted { $0.key < $1.key } + [(key: "unmatched", value: unmatched)]
        for (route, meter) in meters {
            let label = MetricSample.Label("route", route)
            let state = meter.state
            guard !state.statuses.isEmpty else { continue }
            counts += state.statuses.sorted { $0.key < $1.key }.map { status, count in
                MetricSample(labels: [label, MetricSample.Label("status", String(status))], value: Double(count))
            }
            durations += state.durations.samples([label])
        }
        return [
            MetricFamily(
                "instacrawler_http_requests_total", .counter,
                help: "Requests by the pattern of their route and the status of the answer.", samples: counts),
            MetricFamily(
                "instacrawler_http_request_duration_seconds", .histogram,
                help: "Time from a request to the head of its answer.", samples: durations),
        ]
    }
}

/// The figures of one route. One lock covers them, held for some nanoseconds a request.
private final class RouteMeter: Sendable {
    struct State: Sendable {
        var statuses: [Int: Int] = [:]
        var durations = Distribution()
    }

    private let storage = Mutex(State())

    var state: State { storage.withLock { $0 } }

    func record(status: Int, duration: Duration) {
        storage.withLock { state in
            state.statuses[status, default: 0] += 1
            state.durations.observe(duration)
        }
    }
}
