import Synchronization

/// A clock that stands until a test moves it.
final class TestClock: Sendable {
    /// A moment in November 2026, in seconds since 1970.
    static let start: Double = 1_795_500_000

    private let time = Mutex(TestClock.start)

    @Sendable func now() -> Double {
        time.withLock { $0 }
    }

    func advance(by seconds: Double) {
        time.withLock { $0 += seconds }
    }
}
