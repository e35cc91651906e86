/// How much of its allowance a source has used, as the service told it.
public struct UsageReport: Sendable, Hashable {
    /// The largest of the percentages that the service counts; 100 and more when it refuses calls.
    public var percent: Int
    /// How long until calls are taken again, where the service says so.
    public var regain: Duration?
    /// When the report came, in whole seconds since 1970-01-01T00:00:00Z.
    public var receivedAt: Int64

    /// Creates a report; each parameter is the field of its name.
    public init(percent: Int, regain: Duration? = nil, receivedAt: Int64) {
        self.percent = min(max(0, percent), 1_000)
        self.regain = regain
        self.receivedAt = receivedAt
    }
}

extension UsageReport {
    /// The report of a service that counts requests; nil when it does not say how many are left.
    init?(_ limit: RateLimit?, now: Int64) {
        guard let limit, let percent = limit.percent else { return nil }
        self.init(percent: percent, regain: limit.wait, receivedAt: now)
    }

    /// From this percentage on, a crawl comes half as often.
    static let busy = 75
    /// At this percentage calls are refused.
    static let exhausted = 100
    /// A report counts for as long as the services' windows last: the last hour.
    static let lifetime: Duration = .seconds(3600)
    /// How long to wait when calls are refused and the service does not say for how long.
    static let unknownRegain: Duration = .seconds(300)

    /// Whether to slow down at a time, given in seconds since 1970.
    func isBusy(at now: Int64) -> Bool {
        percent >= Self.busy && age(at: now) < Self.lifetime
    }

    /// How long to make no call at all, from a time on that is given in seconds since 1970; nil
    /// when calls are free.
    func wait(at now: Int64) -> Duration? {
        guard percent >= Self.exhausted else { return nil }
        let left = (regain ?? Self.unknownRegain) - age(at: now)
        return left > .zero ? left : nil
    }

    /// A clock that was set back makes no report younger than new.
    private func age(at now: Int64) -> Duration { .seconds(max(0, now - receivedAt)) }
}
