import Synchronization

/// Random numbers that are the same in every run.
final class Dice: Sendable {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64 = 42) {
        state = Mutex(seed)
    }

    /// Returns a number from 0 to below `sides`.
    func roll(_ sides: Int) -> Int {
        state.withLock { state in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(sides))
        }
    }

    /// Returns a number from 0 to below 1.
    func fraction() -> Double { Double(roll(1_000_000)) / 1_000_000 }

    /// Returns `true` with a probability of `times` in `sides`.
    func happens(_ times: Int, of sides: Int) -> Bool { roll(sides) < times }
}
