/// When the sandbox shows a fault.
///
/// Written `TARGET[@WHEN]=FAULT`:
///
/// - the target is `*`, an interface (`graph`, `mastodon`, `flickr`, `media`) or a route of one
///   (`graph:recent_media`, `mastodon:timeline`, …);
/// - when is `3`, `3-5` or `3-`, which requests of that target, counted from 1; `20%`, each with that chance; or
///   `10s-60s` or `5m-`, which time since the rule is there; without it, always;
/// - the fault is one of ``SandboxFault``.
public struct FaultRule: Sendable, Hashable {
    /// Which requests of the target.
    public enum Occasion: Sendable, Hashable {
        /// All.
        case always
        /// Those with these numbers, counted from 1.
        case numbers(ClosedRange<Int>)
        /// Each with a chance of 0 to 100 percent.
        case chance(Int)
        /// Those that come so many seconds after the rule began to hold.
        case seconds(ClosedRange<Int>)
    }

    /// The interface; nil for all.
    public var interface: SandboxCall.Interface?
    /// The route; nil for all of the interface.
    public var route: String?
    /// When.
    public var occasion: Occasion
    /// What.
    public var fault: SandboxFault

    /// Creates a rule; each parameter is the field of its name.
    public init(
        interface: SandboxCall.Interface? = nil, route: String? = nil, occasion: Occasion = .always, fault: SandboxFault
    ) {
        self.interface = interface
        self.route = route
        self.occasion = occasion
        self.fault = fault
    }

    /// Reads a rule.
    ///
    /// - Throws: ``FaultRuleError``, which names the part that is wrong and what is allowed.
    public init(_ text: String) throws(FaultRuleError) {
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

    /// Whether it is about a call.
    func matches(_ call: SandboxCall) -> Bool {
        (interface == nil || interface == call.interface) && (route == nil || route == call.route)
            && (!fault.isOfGraphOnly || call.interface == .graph)
    }
}
