import Crawler
import Prometheus
import Synchronization
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

    func page(of hashtag: Hashtag, after cursor: Cursor?) async throws(SourceError) -> PostPage {
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
