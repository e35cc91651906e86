import Synchronization

/// Counts what happens. It costs no lock.
public final class Counter: Instrument {
    /// It only grows.
    public static let kind = MetricFamily.Kind.counter

    private let count = Atomic<Int>(0)

    /// Makes a counter at 0.
    public init() {}

    /// What was counted so far.
    public var value: Int { count.load(ordering: .relaxed) }

    /// Counts one more.
    public func increment() { count.wrappingAdd(1, ordering: .relaxed) }

    /// The count.
    public func samples(_ labels: [MetricSample.Label]) -> [MetricSample] {
        [MetricSample(labels: labels, value: Double(value))]
    }
}
