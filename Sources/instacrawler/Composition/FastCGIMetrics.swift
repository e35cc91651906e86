import FastCGI
import Prometheus

/// What the FastCGI server counts, as metrics.
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
