/// One value of a metric.
public struct MetricSample: Sendable, Equatable {
    /// What tells this value from the others of its metric.
    public struct Label: Sendable, Equatable {
        /// Lower-case letters and `_`.
        public let name: String
        /// Any text, but only one of few.
        public let value: String

        /// Makes a label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What follows the name of the metric: `_bucket`, `_sum` and `_count` of a histogram.
    public let suffix: String
    /// What tells it from the others.
    public let labels: [Label]
    /// The value, in the unit that the name says.
    public let value: Double

    /// Makes a sample; each parameter is the property of its name.
    public init(suffix: String = "", labels: [Label] = [], value: Double) {
        self.suffix = suffix
        self.labels = labels
        self.value = value
    }
}
