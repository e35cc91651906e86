import Posts

/// The state of everything behind the web interface, as `/health` shows it.
///
/// All of it is public: no text may contain a secret or a file name.
package struct HealthReport: Sendable, Equatable {
    /// The state of one part, from best to worst.
    package enum State: String, Sendable, Comparable, CaseIterable {
        /// The last action succeeded.
        case ok
        /// There has been no action yet.
        case waiting
        /// The last action failed; it will be tried again.
        case failing
        /// The last action failed, and trying again does not help.
        case stopped

        /// Orders states from best to worst.
        package static func < (lhs: State, rhs: State) -> Bool {
            allCases.firstIndex(of: lhs) ?? 0 < allCases.firstIndex(of: rhs) ?? 0
        }
    }

    /// The state of a part, and a message.
    struct Component: Sendable, Equatable {
        var state: State
        /// The reason if the state is not ``State/ok``: one sentence that a person can act on, shown to the public.
        var message: String?
    }

    /// The crawls of each hashtag through each source, in the operator's order.
    package var sources: [CrawlStatus]
    /// The role of this process among those that share a database.
    package var role: CrawlRole
    /// The state of the storage.
    package var storage: StorageHealth
    /// The allowance of each source whose service reports one.
    package var budgets: [SourceBudget]

    package init(
        sources: [CrawlStatus] = [], role: CrawlRole = .leader, storage: StorageHealth = .ok,
        budgets: [SourceBudget] = []
    ) {
        self.sources = sources
        self.role = role
        self.storage = storage
        self.budgets = budgets
    }

    /// The crawler as a whole: as good as its worst source.
    var crawler: Component {
        let worst = sources.map(\.health).max() ?? .waiting
        if role == .alone, worst < .failing {
            return Component(
                state: .failing, message: "the ledger that processes share cannot be reached: each crawls on its own")
        }
        return Component(
            state: worst, message: sources.first { $0.health == worst && $0.message != nil }?.message)
    }

    /// The worst state of any part.
    package var overall: State {
        ([crawler.state, storage.component.state] + budgets.map(\.state)).max() ?? .ok
    }

    /// The state of a hashtag: as good as its worst source.
    func state(of hashtag: Hashtag) -> State {
        sources.filter { $0.hashtag == hashtag }.map(\.health).max() ?? .waiting
    }

    /// The body of `/health`.
    func json(of gallery: Gallery) -> JSON {
        .object([
            "status": .string(overall.rawValue),
            "crawler": crawler.json(role: role),
            "storage": storage.component.json(),
            "gallery": .object([
                "version": .integer(Int64(clamping: gallery.version)),
                "posts": .integer(Int64(gallery.hashtags.reduce(0) { $0 + gallery[$1].count })),
                "newest": gallery.hashtags.compactMap { gallery[$0].first?.publishedAt }.max().map(JSON.timestamp),
            ]),
            "sources": .array(sources.map(\.json)),
            "budgets": .array(budgets.map(\.json)),
        ])
    }
}

extension HealthReport.Component {
    fileprivate func json(role: CrawlRole? = nil) -> JSON {
        .object([
            "state": .string(state.rawValue), "role": role.map { .string($0.rawValue) },
            "message": message.map(JSON.string),
        ])
    }
}

extension StorageHealth {
    var component: HealthReport.Component {
        switch self {
        case .ok, .memoryOnly: HealthReport.Component(state: .ok)
        case .failing(let message): HealthReport.Component(state: .failing, message: message)
        }
    }
}

extension CrawlStatus {
    var health: HealthReport.State {
        switch state {
        case .stopped: .stopped
        case .failing: .failing
        case .waiting, .crawling: consecutiveFailures > 0 ? .failing : lastSuccess == nil ? .waiting : .ok
        }
    }

    /// The reason for a bad state: one sentence that a person can act on, shown to the public.
    var message: String? { lastError ?? notice }

    fileprivate var json: JSON {
        .object([
            "hashtag": .string(hashtag.name),
            "source": .string(source),
            "state": .string(health.rawValue),
            "last_crawl": lastAttempt.map(JSON.timestamp),
            "last_success": lastSuccess.map(JSON.timestamp),
            "next_crawl": nextCrawl.map(JSON.timestamp),
            "message": message.map(JSON.string),
        ])
    }
}

/// The allowance of a source, as far as the service reports it.
package struct SourceBudget: Sendable, Equatable {
    /// The name of the source, as in ``Post/ID/source``.
    package var source: String
    package var usage: UsageReport?
    package var searches: SearchBudget?

    package init(source: String, usage: UsageReport? = nil, searches: SearchBudget? = nil) {
        self.source = source
        self.usage = usage
        self.searches = searches
    }

    /// Whether the source accepts calls. A used-up quota of hashtags does not affect the known ones.
    var state: HealthReport.State { (usage?.percent ?? 0) >= UsageReport.exhausted ? .failing : .ok }

    /// The effect on crawls, if there is one: one sentence, shown to the public.
    var message: String? {
        switch usage?.percent ?? 0 {
        case UsageReport.exhausted...: "Its allowance is used up: it is not asked until the service takes calls again."
        case UsageReport.busy...: "It is asked less often, until less of its allowance is used."
        default:
            searches?.left == 0 ? "No new hashtag can be searched for until the oldest one leaves the quota." : nil
        }
    }

    fileprivate var json: JSON {
        .object([
            "source": .string(source),
            "state": .string(state.rawValue),
            "used_percent": usage.map { .integer(Int64($0.percent)) },
            "hashtags_allowed": searches.map { .integer(Int64($0.limit)) },
            "hashtags_used": searches.map { .integer(Int64($0.used)) },
            "next_free": searches?.nextFree.map(JSON.timestamp),
            "message": message.map(JSON.string),
        ])
    }
}
