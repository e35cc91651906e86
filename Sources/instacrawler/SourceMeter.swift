import FastCGI
import Posts
import Prometheus
import Synchronization
import Upstreams
import Web

/// Measures the sources: requests by outcome, their duration, and the allowances that the services report.
final class SourceMeter: Sendable {
    private let requests = Metric(
        "instacrawler_source_requests_total",
        help: "Pages that a source was asked for, by what became of it: ok, or the kind of trouble.",
        labels: ["source", "outcome"], make: Counter.init)
    private let durations = Metric(
        "instacrawler_source_request_duration_seconds",
        help: "Time from asking a source for a page until all of it has come, or the trouble is known.",
        labels: ["source"]
    ) { Histogram() }
    private let sources = Mutex<[any PostSource]>([])

    init(_ registry: MetricsRegistry) {
        registry.add(requests)
        registry.add(durations)
    }

    /// Wraps a source so that its requests are measured.
    func measured(_ source: some PostSource) -> some PostSource {
        sources.withLock { $0.append(source) }
        return MeasuredSource(source: source, requests: requests, duration: durations(source.name))
    }

    /// The allowance of each source whose service reports one.
    var budgets: [SourceBudget] {
        sources.withLock { $0 }.compactMap { source in
            let budget = SourceBudget(source: source.name, usage: source.usage, searches: source.budget)
            return budget.usage == nil && budget.searches == nil ? nil : budget
        }
    }
}

/// A source whose pages are counted and timed.
private struct MeasuredSource<Source: PostSource>: PostSource {
    let source: Source
    let requests: Metric<Counter>
    let duration: Histogram

    var name: String { source.name }
    var usage: UsageReport? { source.usage }
    var budget: SearchBudget? { source.budget }

    func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage {
        let start = ContinuousClock.now
        do {
            let page = try await source.page(of: hashtag, after: cursor)
            record("ok", since: start)
            return page
        } catch {
            record(error.kind.rawValue.replacing("-", with: "_"), since: start)
            throw error
        }
    }

    private func record(_ outcome: String, since start: ContinuousClock.Instant) {
        requests(name, outcome).increment()
        duration.observe(.now - start)
    }
}

/// The FastCGI server's statistics, as metrics.
struct FastCGIMetrics: MetricSource {
    let statistics: FastCGIStatistics

    var families: [MetricFamily] {
        let limits = FastCGIStatistics.Limit.allCases.map { limit in
            MetricSample(
                labels: [MetricSample.Label("limit", limit.rawValue)], value: Double(statistics.hits(of: limit)))
        }
        return [
            counter(
                "connections_accepted_total", "Connections that the web server has opened.",
                statistics.connectionsAccepted),
            gauge("connections_open", "Connections of the web server that are open.", statistics.connectionsOpen),
            counter("requests_started_total", "Requests that came in.", statistics.requestsStarted),
            gauge("requests_active", "Requests that are being answered.", statistics.requestsActive),
            counter(
                "requests_aborted_total", "Requests given up before their answer was complete.",
                statistics.requestsAborted),
            counter(
                "protocol_violations_total", "Connections closed because the peer broke the protocol.",
                statistics.protocolViolations),
            MetricFamily(
                "instacrawler_fastcgi_limit_hits_total", .counter, help: "How often a limit of the server was hit.",
                samples: limits),
        ]
    }

    private func counter(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
        MetricFamily("instacrawler_fastcgi_\(name)", .counter, help: help, value: Double(value))
    }

    private func gauge(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
        MetricFamily("instacrawler_fastcgi_\(name)", .gauge, help: help, value: Double(value))
    }
}
