/// Why a text is no ``FaultRule``.
public enum FaultRuleError: Error, Sendable, Hashable {
    /// There is no `=` in it.
    case form(String)
    /// There is no such interface or route.
    case target(String)
    /// It is not said well when the fault is shown.
    case occasion(String)
    /// There is no such fault.
    case fault(String)
    /// The fault belongs to the Graph API, the target does not.
    case graphOnly(fault: String, target: String)
}

extension FaultRuleError {
    /// What is allowed instead.
    public var allowed: String {
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
    /// Which part of the rule is wrong, `target`, `time` or `fault`, and what stands there; nil for the whole.
    public var part: (name: String, text: String)? {
        switch self {
        case .form: nil
        case .target(let text), .graphOnly(_, let text): ("target", text)
        case .occasion(let text): ("time", text)
        case .fault(let text): ("fault", text)
        }
    }
}

extension FaultRuleError: CustomStringConvertible {
    /// One line that names the part that is wrong, and what is allowed.
    public var description: String {
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
