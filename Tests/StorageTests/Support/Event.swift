/// A one-time event that tasks can wait for.
struct Event: Sendable {
    private let ends = AsyncStream<Void>.makeStream()

    func happen() { ends.continuation.finish() }

    func wait() async { for await _ in ends.stream {} }
}
