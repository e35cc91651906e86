import Posts

/// How the parts behind the web interface are doing, as `/health` tells it.
///
/// Everything in it is shown to the public: no text may hold a secret or the name of a file.
package struct HealthReport: Sendable, Equatable {
    /// What one part is up to, from best to worst.
    package enum State: String, Sendable, Comparable, CaseIterable {
        /// The last thing it did went well.
        case ok
        /// It has not done anything yet.
        case waiting
        /// The last thing it did failed; it will try again.
        case failing
        /// It failed in a way that trying again does not mend.
        case stopped

        /// Better is less.
        package static func < (lhs: State, rhs: State) -> Bool {
            allCases.firstIndex(of: lhs) ?? 0 < allCases.firstIndex(of: rhs) ?? 0
        }
    }

    /// A part of the service.
    package struct Component: Sendable, Equatable {
        /// What it is up to.
        package var state: State
        /// Why, when it is not ``State/ok``: one sentence that a person can act on.
        package var message: String?

        /// - Parameter message: one sentence, shown to the public.
        package init(state: State, message: String? = nil) {
            self.state = state
            self.message = message
        }
    }

    /// The crawler as a whole.
    package var crawler: Component
    /// What this process does among those that share a database, such as `leader`; nil when that is not known.
    package var crawlerRole: String?
    /// The place where posts are kept.
    package var storage: Component
    /// Each source for each hashtag, in the operator's order.
    package var sources: [SourceHealth]

    /// What each source says of its allowance; those that say nothing are left out.
    package var budgets: [SourceBudget]

    /// - Parameters:
    ///   - crawler: the crawler as a whole.
    ///   - crawlerRole: what this process does among those that share a database.
    ///   - storage: the place where posts are kept.
    ///   - sources: each source for each hashtag.
    ///   - budgets: what each source says of its allowance.
    package init(
        crawler: Component = Component(state: .ok), crawlerRole: String? = nil,
        storage: Component = Component(state: .ok), sources: [SourceHealth] = [], budgets: [SourceBudget] = []
    ) {
        self.crawler = crawler
        self.crawlerRole = crawlerRole
        self.storage = storage
        self.sources = sources
        self.budgets = budgets
    }

    /// The worst state of any part.
    package var overall: State {
        ([crawler.state, storage.state] + sources.map(\.state) + budgets.map(\.state)).max() ?? .ok
    }
}

extension HealthReport {
    /// The body of `/health`.
    func json(of gallery: Gallery) -> JSON {
        .object([
            "status": .string(overall.rawValue),
            "crawler": crawler.json(role: crawlerRole),
            "storage": storage.json(),
            "gallery": .object([
                "version": .integer(Int64(clamping: gallery.version)),
                "posts": .integer(Int64(gallery.hashtags.reduce(0) { $0 + gallery[$1].count })),
                "newest": gallery.hashtags.compactMap { gallery[$0].first?.publishedAt }.max().map(JSON.timestamp),
            ]),
            "sources": .array(sources.map(\.json)),
            "budgets": .array(budgets.map(\.json)),
        ])
    }

    /// How a hashtag is doing: as well as its worst source.
    func state(of hashtag: Hashtag) -> State {
        sources.filter { $0.hashtag == hashtag }.map(\.state).max() ?? .waiting
    }
}

extension HealthReport.Component {
    fileprivate func json(role: String? = nil) -> JSON {
        .object([
            "state": .string(state.rawValue), "role": role.map(JSON.string), "message": message.map(JSON.string),
        ])
    }
}

extension SourceBudget {
    fileprivate var json: JSON {
        .object([
            "source": .string(source),
            "state": .string(state.rawValue),
            "used_percent": usedPercent.map { .integer(Int64($0)) },
            "hashtags_allowed": hashtagLimit.map { .integer(Int64($0)) },
            "hashtags_used": hashtagsUsed.map { .integer(Int64($0)) },
            "next_free": nextFree.map(JSON.timestamp),
            "message": message.map(JSON.string),
        ])
    }
}

extension SourceHealth {
    fileprivate var json: JSON {
        .object([
            "hashtag": .string(hashtag.name),
            "source": .string(source),
            "state": .string(state.rawValue),
            "last_crawl": lastCrawl.map(JSON.timestamp),
            "last_success": lastSuccess.map(JSON.timestamp),
            "next_crawl": nextCrawl.map(JSON.timestamp),
            "message": message.map(JSON.string),
        ])
    }
}

/// How one source is doing for one hashtag.
///
/// Times are in seconds since 1970-01-01T00:00:00Z.
package struct SourceHealth: Sendable, Equatable {
    /// The hashtag that is asked for.
    package var hashtag: Hashtag
    /// The name of the source, as in ``Crawler/Post/ID/source``.
    package var source: String
    /// What the last crawl came to.
    package var state: HealthReport.State
    /// When it was last asked, well or not.
    package var lastCrawl: Int64?
    /// When it last answered well.
    package var lastSuccess: Int64?
    /// When it will be asked again.
    package var nextCrawl: Int64?
    /// Why it is not well: one sentence that a person can act on, shown to the public.
    package var message: String?

    /// - Parameters:
    ///   - hashtag: the hashtag that is asked for.
    ///   - source: the name of the source.
    ///   - state: what the last crawl came to.
    ///   - lastCrawl: when it was last asked.
    ///   - lastSuccess: when it last answered well.
    ///   - nextCrawl: when it will be asked again.
    ///   - message: one sentence, shown to the public.
    package init(
        hashtag: Hashtag, source: String, state: HealthReport.State, lastCrawl: Int64? = nil,
        lastSuccess: Int64? = nil, nextCrawl: Int64? = nil, message: String? = nil
    ) {
        self.hashtag = hashtag
        self.source = source
        self.state = state
        self.lastCrawl = lastCrawl
        self.lastSuccess = lastSuccess
        self.nextCrawl = nextCrawl
        self.message = message
    }
}

/// What a service allows a source, and how much of it is used, as far as the service says so.
package struct SourceBudget: Sendable, Equatable {
    /// The name of the source, as in ``Crawler/Post/ID/source``.
    package var source: String
    /// The largest of the percentages that the service counts; 100 and more when it refuses calls.
    package var usedPercent: Int?
    /// How many different hashtags may be searched for at a time.
    package var hashtagLimit: Int?
    /// How many count at this moment.
    package var hashtagsUsed: Int?
    /// When one more may be searched for after all are used up, in seconds since 1970-01-01T00:00:00Z.
    package var nextFree: Int64?

    /// Makes a budget; each parameter is the property of its name.
    package init(
        source: String, usedPercent: Int? = nil, hashtagLimit: Int? = nil, hashtagsUsed: Int? = nil,
        nextFree: Int64? = nil
    ) {
        self.source = source
        self.usedPercent = usedPercent
        self.hashtagLimit = hashtagLimit
        self.hashtagsUsed = hashtagsUsed
        self.nextFree = nextFree
    }

    /// How much of the calls is left, in percent, 0 to 100.
    package var leftPercent: Int? { usedPercent.map { min(100, max(0, 100 - $0)) } }

    /// How many new hashtags may be searched for.
    package var hashtagsLeft: Int? {
        guard let hashtagLimit, let hashtagsUsed else { return nil }
        return max(0, hashtagLimit - hashtagsUsed)
    }

    /// Whether calls are free, or refused. That no new hashtag may be searched for is no trouble of those known.
    package var state: HealthReport.State { (usedPercent ?? 0) >= 100 ? .failing : .ok }

    /// What that means, where it means anything: one sentence, shown to the public.
    package var message: String? {
        switch usedPercent ?? 0 {
        case 100...: "Its allowance is used up: it is not asked until the service takes calls again."
        case 75...: "It is asked less often, until less of its allowance is used."
        default: hashtagsLeft == 0 ? "No new hashtag can be searched for until the oldest one leaves the quota." : nil
        }
    }
}
