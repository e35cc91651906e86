/// Something whose state can be read as metrics.
///
/// It is asked whenever somebody reads the metrics, from any task: what it does then takes no long time.
public protocol MetricSource: Sendable {
    /// The metrics as they are at this moment.
    var families: [MetricFamily] { get }
}
