/// The head of an answer until the first piece of its body goes with it, so that both are put at once.
///
/// Not thread-safe: it belongs to the task that answers the request.
final class PendingHead {
    private var bytes: [UInt8]?

    /// - Parameter bytes: the head with the empty line that ends it.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The head, once; nil when it was taken before.
    func take() -> [UInt8]? {
        defer { bytes = nil }
        return bytes
    }
}
