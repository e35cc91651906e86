import Synchronization

/// Random numbers that are the same in every run.
final class Dice: Sendable {
    private let state = Mutex<UInt64>(42)

    /// A number from 0 up to, but not including, `sides`.
    func roll(_ sides: Int) -> Int {
        state.withLock { state in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(sides))
        }
    }
}
