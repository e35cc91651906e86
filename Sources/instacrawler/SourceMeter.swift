import Crawler
import FastCGI
import Posts
import Prometheus
import Storage
import Synchronization
import Upstreams
import Web

/// Measures the sources: what they are asked, what comes of it, how long that takes, and what they say of their
/// allowance.
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

    /// The same source, measured.
    func measured(_ source: some PostSource) -> some PostSource {
        sources.withLock { $0.append(source) }
        return MeasuredSource(source: source, requests: requests, duration: durations(source.name))
    }

    /// What each source says of its allowance, where it says anything.
    var budgets: [SourceBudget] {
        sources.withLock { $0 }.compactMap { source in
            let usage = source.usage
            let searches = source.budget
            if usage == nil && searches == nil { return nil }
            return SourceBudget(
                source: source.name, usedPercent: usage?.percent, hashtagLimit: searches?.limit,
                hashtagsUsed: searches?.used, nextFree: searches?.nextFree)
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

extension HealthReport {
    /// How the crawls are doing, who does them, and how what they find is kept.
    init(_ statuses: [CrawlStatus], role: CrawlRole, storage: StorageHealth, budgets: [SourceBudget]) {
        let sources = statuses.map(SourceHealth.init)
        let worst = sources.map(\.state).max() ?? .waiting
        var crawler = Component(
            state: worst, message: sources.first { $0.state == worst && $0.message != nil }?.message)
        if role == .alone, worst < .failing {
            crawler = Component(
                state: .failing, message: "the ledger that processes share cannot be reached: each crawls on its own")
        }
        self.init(
            crawler: crawler, crawlerRole: role.rawValue, storage: Component(storage), sources: sources,
            budgets: budgets)
    }
}

extension SourceHealth {
    fileprivate init(_ status: CrawlStatus) {
        let state: HealthReport.State =
            switch status.state {
            case .stopped: .stopped
            case .failing: .failing
            case .waiting, .crawling:
                status.consecutiveFailures > 0 ? .failing : status.lastSuccess == nil ? .waiting : .ok
            }
        self.init(
            hashtag: status.hashtag, source: status.source, state: state, lastCrawl: status.lastAttempt,
            lastSuccess: status.lastSuccess, nextCrawl: status.nextCrawl, message: status.lastError ?? status.notice)
    }
}

extension HealthReport.Component {
    fileprivate init(_ storage: StorageHealth) {
        switch storage {
        case .ok, .memoryOnly: self.init(state: .ok)
        case .failing(let message): self.init(state: .failing, message: message)
        }
    }
}
