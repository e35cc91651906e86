import Synchronization

/// A metric: one instrument for each combination of labels.
///
/// Every combination is kept for good, so their number is bounded: those beyond ``limit`` share one whose labels all
/// have the value `other`.
package final class Metric<Measured: Instrument>: MetricSource {
    /// How many combinations of labels are told apart.
    package let limit: Int

    private let name: String
    private let help: String
    private let labels: [String]
    private let make: @Sendable () -> Measured
    private let instruments = Mutex<[[String]: Measured]>([:])

    /// - Parameters:
    ///   - name: the name of the metric; see ``MetricFamily/name``.
    ///   - help: what it says, in one sentence.
    ///   - labels: the names of its labels. Without any, it has its value from the start.
    ///   - limit: how many combinations of labels are told apart.
    ///   - make: makes an instrument.
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

    /// The instrument for these values of the labels. To keep it spares looking it up again.
    package func callAsFunction(_ values: String...) -> Measured {
        instruments.withLock { instruments in
            if let known = instruments[values] { return known }
            let key = instruments.count < limit ? values : labels.map { _ in "other" }
            let instrument = instruments[key] ?? make()
            instruments[key] = instrument
            return instrument
        }
    }

    /// The metric with all its values, in the order of their labels.
    package var families: [MetricFamily] {
        let all = instruments.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        let samples = all.flatMap { values, instrument in
            instrument.samples(zip(labels, values).map { MetricSample.Label($0, $1) })
        }
        return [MetricFamily(name, Measured.kind, help: help, samples: samples)]
    }
}

/// A metric with all its samples at one moment, ready to be written down.
package struct MetricFamily: Sendable, Equatable {
    /// What the values of a metric mean.
    package enum Kind: String, Sendable {
        /// Only grows, from 0 at the start of the process. Its name ends with `_total`.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts of observations by size. See ``Distribution``.
        case histogram
    }

    /// The name: lower-case letters, digits and `_`, with the unit at the end.
    package let name: String
    /// What it says, in one sentence.
    package let help: String
    /// What its values mean.
    package let kind: Kind
    /// Its values, one for each combination of labels.
    package let samples: [MetricSample]

    /// Makes a family; each parameter is the property of its name.
    package init(_ name: String, _ kind: Kind, help: String, samples: [MetricSample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    /// Makes a family of one value without labels.
    package init(_ name: String, _ kind: Kind, help: String, value: Double) {
        self.init(name, kind, help: help, samples: [MetricSample(value: value)])
    }
}

/// One value of a metric.
package struct MetricSample: Sendable, Equatable {
    /// What tells this value from the others of its metric.
    package struct Label: Sendable, Equatable {
        /// Lower-case letters and `_`.
        package let name: String
        /// Any text, but only one of few.
        package let value: String

        /// Makes a label.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What follows the name of the metric: `_bucket`, `_sum` and `_count` of a histogram.
    package let suffix: String
    /// What tells it from the others.
    package let labels: [Label]
    /// The value, in the unit that the name says.
    package let value: Double

    /// Makes a sample; each parameter is the property of its name.
    package init(suffix: String = "", labels: [Label] = [], value: Double) {
        self.suffix = suffix
        self.labels = labels
        self.value = value
    }
}

/// Something whose state can be read as metrics.
///
/// It is asked whenever somebody reads the metrics, from any task: what it does then takes no long time.
package protocol MetricSource: Sendable {
    /// The metrics as they are at this moment.
    var families: [MetricFamily] { get }
}

/// Everything that a process has to say in metrics.
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

    /// Makes a registry of nothing.
    package init() {}

    /// Adds something to be read.
    package func add(_ source: any MetricSource) {
        sources.withLock { $0.append(source) }
    }

    /// Adds a closure that reads something.
    package func add(_ families: @escaping @Sendable () -> [MetricFamily]) {
        add(Reading(read: families))
    }

    /// All metrics as they are at this moment, by name. Of two with one name only the first is there: a second
    /// would make the whole text unreadable to Prometheus.
    package var families: [MetricFamily] {
        let all = sources.withLock { $0 }.flatMap(\.families)
        return Dictionary(all.map { ($0.name, $0) }) { first, _ in first }.values.sorted { $0.name < $1.name }
    }

    /// All metrics in the text format of Prometheus.
    package var exposition: String { TextExposition.text(families) }

    private struct Reading: MetricSource {
        let read: @Sendable () -> [MetricFamily]

        var families: [MetricFamily] { read() }
    }
}
