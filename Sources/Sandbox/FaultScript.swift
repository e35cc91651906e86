import Synchronization

/// Decides which requests get a fault.
final class FaultScript: Sendable {
    private struct State {
        var rules: [FaultRule]
        /// The number of requests that each rule has seen.
        var seen: [Int]
        /// The time when the rules were set, in seconds since 1970.
        var start: Double
        var dice: Dice
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> Double

    /// - Parameters:
    ///   - seed: the same seed gives the same random decisions.
    ///   - now: returns the time, in seconds since 1970.
    init(rules: [FaultRule], seed: UInt64, now: @escaping @Sendable () -> Double) {
        self.now = now
        state = Mutex(State(rules: rules, seen: rules.map { _ in 0 }, start: now(), dice: Dice(seed: seed)))
    }

    /// Replaces the rules; their counts and times start again.
    func replace(_ rules: [FaultRule]) {
        let start = now()
        state.withLock { state in
            state.rules = rules
            state.seen = rules.map { _ in 0 }
            state.start = start
        }
    }

    /// Returns the fault of the first rule that applies to a request.
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

/// A rule for a fault: its target, time and kind.
///
/// The form is `TARGET[@WHEN]=FAULT`.
///
/// - `TARGET` is `*`, an interface (`graph`, `mastodon`, `flickr`, `media`), or a route of an interface
///   (`graph:recent_media`, `mastodon:timeline`, …).
/// - `WHEN` is `3`, `3-5` or `3-` for requests of that target, counted from 1; `20%` for a random part of the requests;
///   or `10s-60s` or `5m-` for a time after the rule was set. Without it, the rule always applies.
/// - `FAULT` is a ``SandboxFault``.
package struct FaultRule: Sendable, Hashable {
    /// The requests of the target that get the fault.
    package enum Occasion: Sendable, Hashable {
        /// Every request.
        case always
        /// The requests with these numbers, counted from 1.
        case numbers(ClosedRange<Int>)
        /// Each request with a chance of 0 to 100 percent.
        case chance(Int)
        /// The requests within this range of seconds after the rule was set.
        case seconds(ClosedRange<Int>)
    }

    /// The interface; `nil` for all.
    package var interface: SandboxCall.Interface?
    /// The route; `nil` for all routes of the interface.
    package var route: String?
    package var occasion: Occasion
    package var fault: SandboxFault

    package init(
        interface: SandboxCall.Interface? = nil, route: String? = nil, occasion: Occasion = .always, fault: SandboxFault
    ) {
        self.interface = interface
        self.route = route
        self.occasion = occasion
        self.fault = fault
    }

    /// Parses a rule.
    ///
    /// - Throws: ``FaultRuleError``, which names the invalid part and the allowed values.
    package init(_ text: String) throws(FaultRuleError) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { throw .form(text) }
        guard let fault = SandboxFault(sides[1]) else { throw .fault(String(sides[1])) }
        let left = sides[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(fault: fault)
        if left.count == 2 {
            guard let occasion = Occasion(left[1]) else { throw .occasion(String(left[1])) }
            self.occasion = occasion
        }
        let target = String(left[0])
        guard target != "*" else { return }
        let names = target.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let interface = SandboxCall.Interface(rawValue: names[0]) else { throw .target(target) }
        self.interface = interface
        if names.count == 2 {
            guard SandboxCall.all.contains(SandboxCall(interface, names[1])) else { throw .target(target) }
            route = names[1]
        }
        guard !fault.isOfGraphOnly || interface == .graph else {
            throw .graphOnly(fault: String(sides[1]), target: target)
        }
    }

    /// Whether the rule applies to a call.
    func matches(_ call: SandboxCall) -> Bool {
        (interface == nil || interface == call.interface) && (route == nil || route == call.route)
            && (!fault.isOfGraphOnly || call.interface == .graph)
    }
}

extension FaultRule.Occasion {
    /// Parses `3`, `3-5`, `3-`, `20%`, `10s-60s` or `5m-`; `nil` for anything else.
    init?(_ text: Substring) {
        if text.hasSuffix("%") {
            guard let percent = Self.number(text.dropLast()), percent <= 100 else { return nil }
            self = .chance(percent)
            return
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count) else { return nil }
        if let first = Self.seconds(ends[0]) {
            // A time must be a range, because no request arrives at an exact moment.
            guard ends.count == 2, let last = ends[1].isEmpty ? Int.max : Self.seconds(ends[1]), last >= first else {
                return nil
            }
            self = .seconds(first...last)
            return
        }
        guard let first = Self.number(ends[0]), first >= 1 else { return nil }
        guard let last = ends.count == 1 ? first : ends[1].isEmpty ? Int.max : Self.number(ends[1]), last >= first
        else {
            return nil
        }
        self = .numbers(first...last)
    }

    private static func number(_ text: Substring) -> Int? {
        text.isDigits ? Int(text) : nil
    }

    private static func seconds(_ text: Substring) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600]
        guard let unit = text.last.flatMap({ units[$0] }), text.count <= 8, let number = number(text.dropLast()) else {
            return nil
        }
        return number * unit
    }
}

/// The reason why a text is not a ``FaultRule``.
package enum FaultRuleError: Error, Sendable, Hashable {
    /// The text has no `=`.
    case form(String)
    /// The interface or route does not exist.
    case target(String)
    /// The time is invalid.
    case occasion(String)
    /// The fault does not exist.
    case fault(String)
    /// The fault exists only for the Graph API, but the target is another interface.
    case graphOnly(fault: String, target: String)
}

extension FaultRuleError {
    /// The allowed values.
    package var allowed: String {
        switch self {
        case .form: "TARGET[@WHEN]=FAULT, such as graph:recent_media@3-5=429:60"
        case .target:
            "*, "
                + (SandboxCall.Interface.allCases.map(\.rawValue) + SandboxCall.all.map(\.description))
                .joined(separator: ", ")
        case .occasion: "requests by number (3, 3-5, 3-), by chance (20%) or by time (10s-60s, 5m-, 1h-2h)"
        case .fault: SandboxFault.allowed
        case .graphOnly(let fault, _): "*, graph or a route of graph, where the fault is \(fault)"
        }
    }
}

extension FaultRuleError {
    /// The invalid part of the rule, `target`, `time` or `fault`, with its text; `nil` if the whole rule is invalid.
    package var part: (name: String, text: String)? {
        switch self {
        case .form: nil
        case .target(let text), .graphOnly(_, let text): ("target", text)
        case .occasion(let text): ("time", text)
        case .fault(let text): ("fault", text)
        }
    }
}

extension FaultRuleError: CustomStringConvertible {
    /// One line that names the invalid part and the allowed values.
    package var description: String {
        let wrong =
            switch self {
            case .form(let text): "'\(text)' is no rule"
            case .target(let text): "there is no target '\(text)'"
            case .occasion(let text): "'\(text)' is no time for a fault"
            case .fault(let text): "there is no fault '\(text)'"
            case .graphOnly(let fault, let target): "'\(fault)' cannot be shown by '\(target)'"
            }
        return "\(wrong): allowed is \(allowed)"
    }
}
