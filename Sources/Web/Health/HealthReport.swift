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
    /// The place where posts are kept.
    public var storage: Component
    /// Each source for each hashtag, in the operator's order.
    public var sources: [SourceHealth]

    /// - Parameters:
    ///   - crawler: the crawler as a whole.
    ///   - storage: the place where posts are kept.
    ///   - sources: each source for each hashtag.
    public init(
        crawler: Component = Component(state: .ok), storage: Component = Component(state: .ok),
        sources: [SourceHealth] = []
    ) {
        self.crawler = crawler
        self.storage = storage
        self.sources = sources
    }

    /// The worst state of any part.
    public var overall: State {
        ([crawler.state, storage.state] + sources.map(\.state)).max() ?? .ok
    }
}
