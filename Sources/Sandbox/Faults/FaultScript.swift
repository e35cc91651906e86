import Synchronization

/// Says which requests meet a fault.
final class FaultScript: Sendable {
    private struct State {
        var rules: [FaultRule]
        /// How many requests each rule has seen.
        var seen: [Int]
        /// When the rules began to hold, in seconds since 1970.
        var start: Double
        var dice: Dice
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> Double

    /// - Parameters:
    ///   - seed: the same seed gives the same chances.
    ///   - now: the time, in seconds since 1970.
    init(rules: [FaultRule], seed: UInt64, now: @escaping @Sendable () -> Double) {
        self.now = now
        state = Mutex(State(rules: rules, seen: rules.map { _ in 0 }, start: now(), dice: Dice(seed: seed)))
    }

    /// Replaces the rules, whose requests and time count from now on.
    func replace(_ rules: [FaultRule]) {
        let start = now()
        state.withLock { state in
            state.rules = rules
            state.seen = rules.map { _ in 0 }
            state.start = start
        }
    }

    /// The fault of the first rule that applies to a request.
    func next(_ call: SandboxCall) -> SandboxFault? {
        let time = now()
        return state.withLock { state in
            let elapsed = time - state.start
            var fault: SandboxFault?
            for (index, rule) in state.rules.enumerated() where rule.matches(call) {
                state.seen[index] += 1
                let applies =
                    switch rule.occasion {
                    case .always: true
                    case .numbers(let numbers): numbers.contains(state.seen[index])
                    case .chance(let percent): state.dice.below(100) < percent
                    case .seconds(let range):
                        elapsed >= Double(range.lowerBound) && elapsed < Double(range.upperBound)
                    }
                if applies, fault == nil { fault = rule.fault }
            }
            return fault
        }
    }
}
