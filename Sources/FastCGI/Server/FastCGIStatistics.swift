import Synchronization

/// What a server has counted since it started. Read it at any time; it costs no lock.
public final class FastCGIStatistics: Sendable {
    /// A limit of ``FastCGILimits``, or another bound, that was hit.
    public enum Limit: String, Sendable, CaseIterable {
        /// ``FastCGILimits/parameterBytes``.
        case parameterBytes = "parameter_bytes"
        /// ``FastCGILimits/parameters``.
        case parameters
        /// ``FastCGILimits/bodyBytes``.
        case bodyBytes = "body_bytes"
        /// ``FastCGILimits/connections``.
        case connections
        /// The process's limit of open descriptors.
        case descriptors
        /// ``FastCGILimits/receiveTimeout``.
        case receiveTimeout = "receive_timeout"
        /// ``FastCGILimits/sendTimeout``.
        case sendTimeout = "send_timeout"
        /// ``FastCGILimits/handlerTimeout``.
        case handlerTimeout = "handler_timeout"
        /// ``FastCGILimits/drainTimeout``.
        case drainTimeout = "drain_timeout"
    }

    private let accepted = Atomic<Int>(0)
    private let open = Atomic<Int>(0)
    private let started = Atomic<Int>(0)
    private let active = Atomic<Int>(0)
    private let aborted = Atomic<Int>(0)
    private let violations = Atomic<Int>(0)
    private let limits = Mutex<[Limit: Int]>([:])

    init() {}

    /// Connections accepted so far.
    public var connectionsAccepted: Int { accepted.load(ordering: .relaxed) }
    /// Connections open now.
    public var connectionsOpen: Int { open.load(ordering: .relaxed) }
    /// Requests begun so far.
    public var requestsStarted: Int { started.load(ordering: .relaxed) }
    /// Requests whose handler has not ended.
    public var requestsActive: Int { active.load(ordering: .relaxed) }
    /// Requests given up before their answer was complete.
    public var requestsAborted: Int { aborted.load(ordering: .relaxed) }
    /// Connections closed because the peer broke the protocol.
    public var protocolViolations: Int { violations.load(ordering: .relaxed) }

    /// How often a limit was hit.
    public func hits(of limit: Limit) -> Int { limits.withLock { $0[limit] ?? 0 } }

    func connectionOpened() {
        accepted.wrappingAdd(1, ordering: .relaxed)
        open.wrappingAdd(1, ordering: .relaxed)
    }

    func connectionClosed() { open.wrappingSubtract(1, ordering: .relaxed) }

    func requestStarted() {
        started.wrappingAdd(1, ordering: .relaxed)
        active.wrappingAdd(1, ordering: .relaxed)
    }

    func requestEnded() { active.wrappingSubtract(1, ordering: .relaxed) }

    func requestAborted() { aborted.wrappingAdd(1, ordering: .relaxed) }

    func protocolViolated() { violations.wrappingAdd(1, ordering: .relaxed) }

    func hit(_ limit: Limit) { limits.withLock { $0[limit, default: 0] += 1 } }
}
