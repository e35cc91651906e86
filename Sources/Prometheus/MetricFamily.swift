/// A metric with all its samples at one moment, ready to be written down.
public struct MetricFamily: Sendable, Equatable {
    /// What the values of a metric mean.
    public enum Kind: String, Sendable {
        /// Only grows, from 0 at the start of the process. Its name ends with `_total`.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts of observations by size. See ``Distribution``.
        case histogram
    }

    /// The name: lower-case letters, digits and `_`, with the unit at the end.
    public let name: String
    /// What it says, in one sentence.
    public let help: String
    /// What its values mean.
    public let kind: Kind
    /// Its values, one for each combination of labels.
    public let samples: [MetricSample]

    /// Makes a family; each parameter is the property of its name.
    public init(_ name: String, _ kind: Kind, help: String, samples: [MetricSample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    /// Makes a family of one value without labels.
    public init(_ name: String, _ kind: Kind, help: String, value: Double) {
        self.init(name, kind, help: help, samples: [MetricSample(value: value)])
    }
}
