import Synchronization

/// Everything that a process has to say in metrics.
///
/// ```swift
/// let registry = MetricsRegistry()
/// let jobs = Metric("jobs_total", help: "Jobs that were done.", labels: ["outcome"], make: Counter.init)
/// registry.add(jobs)
/// jobs("ok").increment()
/// let text = registry.exposition
/// ```
public final class MetricsRegistry: Sendable {
    private let sources = Mutex<[any MetricSource]>([])

    /// Makes a registry of nothing.
    public init() {}

    /// Adds something to be read.
    public func add(_ source: any MetricSource) {
        sources.withLock { $0.append(source) }
    }

    /// Adds a closure that reads something.
    public func add(_ families: @escaping @Sendable () -> [MetricFamily]) {
        add(Reading(read: families))
    }

    /// All metrics as they are at this moment, by name. Of two with one name only the first is there: a second
    /// would make the whole text unreadable to Prometheus.
    public var families: [MetricFamily] {
        let all = sources.withLock { $0 }.flatMap(\.families)
        return Dictionary(all.map { ($0.name, $0) }) { first, _ in first }.values.sorted { $0.name < $1.name }
    }

    /// All metrics in the text format of Prometheus.
    public var exposition: String { TextExposition.text(families) }

    private struct Reading: MetricSource {
        let read: @Sendable () -> [MetricFamily]

        var families: [MetricFamily] { read() }
    }
}
