import Synchronization

/// An object that records the values of a metric: a ``Counter`` or a ``Histogram``.
package protocol Instrument: AnyObject, Sendable {
    /// The kind of its metrics.
    static var kind: MetricFamily.Kind { get }

    /// The current values, each with these labels.
    func samples(_ labels: [MetricSample.Label]) -> [MetricSample]
}

/// Counts occurrences, without a lock.
package final class Counter: Instrument {
    package static let kind = MetricFamily.Kind.counter

    private let count = Atomic<Int>(0)

    package init() {}

    package var value: Int { count.load(ordering: .relaxed) }

    package func increment() { count.wrappingAdd(1, ordering: .relaxed) }

    package func samples(_ labels: [MetricSample.Label]) -> [MetricSample] {
        [MetricSample(labels: labels, value: Double(value))]
    }
}

/// A ``Distribution`` that tasks share.
package final class Histogram: Instrument {
    package static let kind = MetricFamily.Kind.histogram

    private let distribution: Mutex<Distribution>

    /// - Parameter bounds: the upper bounds of the buckets, in ascending order.
    package init(bounds: [Double] = Distribution.durations) {
        distribution = Mutex(Distribution(bounds: bounds))
    }

    /// Adds a duration, in seconds.
    package func observe(_ duration: Duration) {
        distribution.withLock { $0.observe(duration) }
    }

    /// The buckets, the sum and the count.
    package func samples(_ labels: [MetricSample.Label]) -> [MetricSample] {
        distribution.withLock { $0 }.samples(labels)
    }
}

/// The value of a histogram: the number of observations in each bucket, and their sum.
package struct Distribution: Sendable, Equatable {
    /// Bucket bounds for the durations of requests, in seconds: from 0.5 ms to 30 s.
    package static let durations: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]

    private let bounds: [Double]
    /// The number of observations in each bucket: above the previous bound, and at most its own. The last bucket has no
    /// upper bound.
    private var counts: [Int]
    private var sum = 0.0

    /// - Parameter bounds: the upper bounds of the buckets, in ascending order.
    package init(bounds: [Double] = Self.durations) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// Adds an observation, in the unit of the bounds.
    package mutating func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.endIndex
        counts[bucket] += 1
        sum += value
    }

    /// Adds a duration, in seconds.
    package mutating func observe(_ duration: Duration) {
        observe(duration / .seconds(1))
    }

    /// The buckets, each including all smaller ones, the sum and the count.
    package func samples(_ labels: [MetricSample.Label]) -> [MetricSample] {
        var total = 0
        var samples: [MetricSample] = []
        for (bound, count) in zip(bounds + [.infinity], counts) {
            total += count
            let bound = MetricSample.Label("le", TextExposition.number(bound))
            samples.append(MetricSample(suffix: "_bucket", labels: labels + [bound], value: Double(total)))
        }
        samples.append(MetricSample(suffix: "_sum", labels: labels, value: sum))
        samples.append(MetricSample(suffix: "_count", labels: labels, value: Double(total)))
        return samples
    }
}
