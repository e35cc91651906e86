import Synchronization

/// Holds a ``Distribution`` that tasks share.
public final class Histogram: Instrument {
    /// It counts by size.
    public static let kind = MetricFamily.Kind.histogram

    private let distribution: Mutex<Distribution>

    /// - Parameter bounds: upper bounds of the buckets, growing.
    public init(bounds: [Double] = Distribution.durations) {
        distribution = Mutex(Distribution(bounds: bounds))
    }

    /// Adds a duration, in seconds.
    public func observe(_ duration: Duration) {
        distribution.withLock { $0.observe(duration) }
    }

    /// The buckets, the sum and the count.
    public func samples(_ labels: [MetricSample.Label]) -> [MetricSample] {
        distribution.withLock { $0 }.samples(labels)
    }
}
