import Synchronization

/// A metric: one instrument for each combination of labels.
///
/// Every combination is kept for good, so their number is bounded: those beyond ``limit`` share one whose labels all
/// have the value `other`.
public final class Metric<Measured: Instrument>: MetricSource {
    /// How many combinations of labels are told apart.
    public let limit: Int

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
    public init(
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
    public func callAsFunction(_ values: String...) -> Measured {
        instruments.withLock { instruments in
            if let known = instruments[values] { return known }
            let key = instruments.count < limit ? values : labels.map { _ in "other" }
            let instrument = instruments[key] ?? make()
            instruments[key] = instrument
            return instrument
        }
    }

    /// The metric with all its values, in the order of their labels.
    public var families: [MetricFamily] {
        let all = instruments.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        let samples = all.flatMap { values, instrument in
            instrument.samples(zip(labels, values).map { MetricSample.Label($0, $1) })
        }
        return [MetricFamily(name, Measured.kind, help: help, samples: samples)]
    }
}
