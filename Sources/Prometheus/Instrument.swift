/// Something that is measured with: a ``Counter`` or a ``Histogram``.
public protocol Instrument: AnyObject, Sendable {
    /// What its values mean.
    static var kind: MetricFamily.Kind { get }

    /// Its values at this moment, each with these labels.
    func samples(_ labels: [MetricSample.Label]) -> [MetricSample]
}
