import Hummingbird
import Logging
import Pictures
import Prometheus
import Synchronization

/// Counts requests by route and status, and measures their duration.
///
/// Labels do not depend on clients: the routes are known from the start, and handlers choose the status.
struct RequestMetrics: MetricSource {
    private let routes: [String: RouteMeter]
    private let unmatched = RouteMeter()

    /// - Parameter routes: the patterns of all routes, like `/tags/{tag}`.
    init(routes: some Sequence<String>) {
        self.routes = Dictionary(routes.map { ($0, RouteMeter()) }) { first, _ in first }
    }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - route: the pattern of the route; anything else counts as `unmatched`.
    ///   - status: the status of the response.
    ///   - duration: the time from the request to the head of the response.
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

/// The metrics of one route. A lock protects them, for some nanoseconds per request.
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

/// The outermost responder: counts each request, and logs a warning for those that failed or were slow.
struct RequestObserver<Inner: HTTPResponder>: HTTPResponder where Inner.Context: RequestContext {
    typealias Context = Inner.Context

    /// Longer requests are logged as warnings. Only a request for a picture waits for another server.
    private let slow = Duration.seconds(2)
    /// The status of a request whose client disconnected, as in nginx.
    private let abandoned = 499

    let inner: Inner
    let metrics: RequestMetrics

    func respond(to request: Request, context: Context) async throws -> Response {
        let start = ContinuousClock.now
        do {
            let response = try await inner.respond(to: request, context: context)
            record(request, context, status: response.status.code, duration: .now - start)
            return response
        } catch {
            let status = error is CancellationError ? abandoned : 500
            record(request, context, status: status, duration: .now - start)
            throw error
        }
    }

    private func record(_ request: Request, _ context: Context, status: Int, duration: Duration) {
        let route = context.endpointPath
        metrics.record(route: route, status: status, duration: duration)
        let isFailure = status >= 500
        let level: Logger.Level = isFailure || duration > slow ? .warning : .debug
        // Log the route instead of the path, because clients choose the path.
        context.logger.log(
            level: level, isFailure ? "A request failed" : duration > slow ? "A request took long" : "A request",
            metadata: [
                "method": "\(request.method.rawValue)", "route": "\(route ?? "unmatched")",
                "status": .stringConvertible(status),
                "duration": .stringConvertible(duration.inSeconds),
            ])
    }
}

extension Duration {
    /// The duration in seconds, with the precision of a microsecond.
    fileprivate var inSeconds: Double {
        Double(Int64(self / .microseconds(1))) / 1_000_000
    }
}

extension PictureError {
    /// The kind of error, for metrics.
    var outcome: String {
        switch self {
        case .badAddress: "bad_address"
        case .forbiddenHost: "forbidden_host"
        case .unknownHost: "unknown_host"
        case .tooManyRedirects: "too_many_redirects"
        case .status: "upstream_status"
        case .tooLarge: "too_large"
        case .notAPicture: "unsupported_type"
        case .busy: "busy"
        case .timedOut: "timed_out"
        case .broken: "broken"
        }
    }
}
