/// How the parts behind the web interface are doing, as `/health` tells it.
///
/// Everything in it is shown to the public: no text may hold a secret or the name of a file.
public struct HealthReport: Sendable, Equatable {
    /// What one part is up to, from best to worst.
    public enum State: String, Sendable, Comparable, CaseIterable {
        /// The last thing it did went well.
        case ok
        /// It has not done anything yet.
        case waiting
        /// The last thing it did failed; it will try again.
        case failing
        /// It failed in a way that trying again does not mend.
        case stopped

        /// Better is less.
        public static func < (lhs: State, rhs: State) -> Bool {
            allCases.firstIndex(of: lhs) ?? 0 < allCases.firstIndex(of: rhs) ?? 0
        }
    }

    /// A part of the service.
    public struct Component: Sendable, Equatable {
        /// What it is up to.
        public var state: State
        /// Why, when it is not ``State/ok``: one sentence that a person can act on.
        public var message: String?

        /// - Parameter message: one sentence, shown to the public.
        public init(state: State, message: String? = nil) {
            self.state = state
            self.message = message
        }
    }

    /// The crawler as a whole.
    public var crawler: Component
    /// What this process does among those that share a database, such as `leader`; nil when that is not known.
    public var crawlerRole: String?
    /// The place where posts are kept.
    public var storage: Component
    /// Each source for each hashtag, in the operator's order.
    public var sources: [SourceHealth]

    /// What each source says of its allowance; those that say nothing are left out.
    public var budgets: [SourceBudget]

    /// - Parameters:
    ///   - crawler: the crawler as a whole.
    ///   - crawlerRole: what this process does among those that share a database.
    ///   - storage: the place where posts are kept.
    ///   - sources: each source for each hashtag.
    ///   - budgets: what each source says of its allowance.
    public init(
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
    public var overall: State {
        ([crawler.state, storage.state] + sources.map(\.state) + budgets.map(\.state)).max() ?? .ok
    }
}
