/// How much of its allowance a source has used, as the service reports it.
package struct UsageReport: Sendable, Hashable {
    /// From this percentage on, a hashtag is crawled half as often.
    package static let busy = 75
    /// From this percentage on, a hashtag is crawled a quarter as often.
    private static let nearlyExhausted = 90
    /// From this percentage on, the service refuses calls.
    package static let exhausted = 100
    /// A report is valid for as long as the services' windows: one hour.
    private static let lifetime: Duration = .seconds(3600)
    /// How long to wait if calls are refused and the service does not say for how long.
    private static let unknownRegain: Duration = .seconds(300)

    /// The largest of the percentages that the service counts; 100 and more if it refuses calls.
    package var percent: Int
    /// The time until calls are accepted again, if the service reports it.
    package var regain: Duration?
    /// When the report came, in whole seconds since 1970-01-01T00:00:00Z.
    package var receivedAt: Int64

    package init(percent: Int, regain: Duration? = nil, receivedAt: Int64) {
        self.percent = min(max(0, percent), 1_000)
        self.regain = regain
        self.receivedAt = receivedAt
    }

    /// The percentage that is left, 0 to 100.
    package var left: Int { max(0, Self.exhausted - percent) }

    /// Whether to slow down at a time, in seconds since 1970.
    package func isBusy(at now: Int64) -> Bool {
        percent >= Self.busy && age(at: now) < Self.lifetime
    }

    /// The factor by which to slow down at a time, in seconds since 1970: 1 if not at all, 2 for half as often, and 4
    /// for a quarter as often.
    package func slowdown(at now: Int64) -> Double {
        guard isBusy(at: now) else { return 1 }
        return percent >= Self.nearlyExhausted ? 4 : 2
    }

    /// How long to make no call at all, from a time in seconds since 1970; `nil` if calls are accepted.
    package func wait(at now: Int64) -> Duration? {
        guard percent >= Self.exhausted else { return nil }
        let left = (regain ?? Self.unknownRegain) - age(at: now)
        return left > .zero ? left : nil
    }

    /// Never negative, even if the clock was set back.
    private func age(at now: Int64) -> Duration { .seconds(max(0, now - receivedAt)) }
}

/// How many different hashtags a service lets an account search for, and how many it has.
package struct SearchBudget: Sendable, Hashable {
    /// How many different ones are allowed at a time.
    package var limit: Int
    /// How many count at the moment.
    package var used: Int
    /// When the oldest stops counting, in whole seconds since 1970; `nil` if none counts.
    package var nextFree: Int64?

    package init(limit: Int, used: Int, nextFree: Int64? = nil) {
        self.limit = limit
        self.used = used
        self.nextFree = nextFree
    }

    /// How many new ones may be searched for.
    package var left: Int { max(0, limit - used) }
}
