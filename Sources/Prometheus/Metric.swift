import Synchronization

/// A metric with one instrument for each combination of label values.
///
/// Combinations are never removed, so their number is limited. Those beyond ``limit`` share the combination whose
/// values are all `other`.
package final class Metric<Measured: Instrument>: MetricSource {
    /// The maximum number of separate combinations of label values.
    package let limit: Int

    private let name: String
    private let help: String
    private let labels: [String]
    private let make: @Sendable () -> Measured
    private let instruments = Mutex<[[String]: Measured]>([:])

    /// - Parameters:
    ///   - name: the name of the metric; see ``MetricFamily/name``.
    ///   - help: the meaning of the metric, in one sentence.
    ///   - labels: the names of its labels. A metric without labels has a value from the start.
    ///   - limit: the maximum number of separate combinations of label values.
    ///   - make: creates an instrument.
    package init(
        _ name: String, help: String, labels: [String] = [], limit: Int = 500,
        make: @escaping @Sendable () -> Measured
    ) {
        self.name = name
        self.help = help
        self.labels = labels
        self.limit = limit
        self.make = make
        if labels.isEmpty { _ = self() }
    }

    /// Returns the instrument for these label values. A caller that keeps it saves the lookup.
    package func callAsFunction(_ values: String...) -> Measured {
        instruments.withLock { instruments in
            if let known = instruments[values] { return known }
            let key = instruments.count < limit ? values : labels.map { _ in "other" }
            let instrument = instruments[key] ?? make()
            instruments[key] = instrument
            return instrument
        }
    }

    /// All values of the metric, ordered by label values.
    package var families: [MetricFamily] {
        let all = instruments.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        let samples = all.flatMap { values, instrument in
            instrument.samples(zip(labels, values).map { MetricSample.Label($0, $1) })
        }
        return [MetricFamily(name, Measured.kind, help: help, samples: samples)]
    }
}

/// A metric with all its samples at one moment.
package struct MetricFamily: Sendable, Equatable {
    /// The type of a metric.
    package enum Kind: String, Sendable {
        /// Only grows, from 0 at the start of the process. Its name ends with `_total`.
        case counter
        /// Rises and falls.
        case gauge
        /// Counts observations by size. See ``Distribution``.
        case histogram
    }

    /// The name: lower-case letters, digits and `_`, with the unit at the end.
    package let name: String
    /// The meaning of the metric, in one sentence.
    package let help: String
    package let kind: Kind
    /// The values for each combination of label values.
    package let samples: [MetricSample]

    package init(_ name: String, _ kind: Kind, help: String, samples: [MetricSample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    /// Creates a family with one value and no labels.
    package init(_ name: String, _ kind: Kind, help: String, value: Double) {
        self.init(name, kind, help: help, samples: [MetricSample(value: value)])
    }
}

/// One value of a metric.
package struct MetricSample: Sendable, Equatable {
    /// Distinguishes a value from the others of its metric.
    package struct Label: Sendable, Equatable {
        /// Lower-case letters and `_`.
        package let name: String
        /// Any text, but with few different values.
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The suffix of the metric's name: `_bucket`, `_sum` or `_count` for a histogram, else empty.
    package let suffix: String
    package let labels: [Label]
    /// The value, in the unit that the metric's name states.
    package let value: Double

    package init(suffix: String = "", labels: [Label] = [], value: Double) {
        self.suffix = suffix
        self.labels = labels
        self.value = value
    }
}

/// A source of metrics.
///
/// Every read of the metrics calls it, from any task, so it must be fast.
package protocol MetricSource: Sendable {
    /// The current metrics.
    var families: [MetricFamily] { get }
}

/// All metrics of a process.
///
/// ```swift
/// let registry = MetricsRegistry()
/// let jobs = Metric("jobs_total", help: "Jobs that were done.", labels: ["outcome"], make: Counter.init)
/// registry.add(jobs)
/// jobs("ok").increment()
/// let text = registry.exposition
/// ```
package final class MetricsRegistry: Sendable {
    private let sources = Mutex<[any MetricSource]>([])

    package init() {}

    /// Adds a source of metrics.
    package func add(_ source: any MetricSource) {
        sources.withLock { $0.append(source) }
    }

    /// Adds a closure that returns metrics.
    package func add(_ families: @escaping @Sendable () -> [MetricFamily]) {
        add(Reading(read: families))
    }

    /// All current metrics, ordered by name. Of several with the same name it includes only the first, because a
    /// duplicate makes the whole text invalid for Prometheus.
    package var families: [MetricFamily] {
        let all = sources.withLock { $0 }.flatMap(\.families)
        return Dictionary(all.map { ($0.name, $0) }) { first, _ in first }.values.sorted { $0.name < $1.name }
    }

    /// All current metrics in Prometheus text format.
    package var exposition: String { TextExposition.text(families) }

    private struct Reading: MetricSource {
        let read: @Sendable () -> [MetricFamily]

        var families: [MetricFamily] { read() }
    }
}
