import Synchronization

/// Instagram's quota: an account may search for 30 different hashtags in any 7 days. One that is asked for again within
/// 7 days of its first search is free, and that does not begin the 7 days anew.
///
/// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/hashtag-search
final class HashtagQuota: Sendable {
    static let limit = 30
    private static let window: Int64 = 7 * 86_400
    /// How long it is trusted what the service said of searches that we do not know of, in seconds.
    private static let truthLasts: Int64 = 3_600

    private let source: String
    private let account: String
    private let ledger: any CrawlLedger
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    private struct State {
        /// The times of the first searches, as far as they are known here: the ledger may fail.
        var searches: [Hashtag: Int64] = [:]
        /// The ids of more that the service counts, of other programs with the same account or of a lost database.
        var strangers: Set<String> = []
        /// What the strangers are called, as far as the service was asked; nil for those that it does not name.
        var names: [String: Hashtag?] = [:]
        /// When the service was asked for them last.
        var truthAt: Int64?

        func used(since: Int64) -> Int { searches.values.count { $0 > since } + strangers.count }
    }

    init(source: String, account: String, ledger: any CrawlLedger, now: @escaping @Sendable () -> Int64) {
        self.source = source
        self.account = account
        self.ledger = ledger
        self.now = now
    }

    /// How it stands, as of the last look into the ledger.
    var budget: SearchBudget {
        let since = now() - Self.window
        return state.withLock { state in
            SearchBudget(
                limit: Self.limit, used: min(Self.limit, state.used(since: since)),
                nextFree: state.searches.values.filter { $0 > since }.min().map { $0 + Self.window })
        }
    }

    /// The hashtags that count at this moment.
    var counted: [Hashtag] { get async { await Array(searches().keys) } }

    /// Whether asking for a hashtag is free.
    func counts(_ hashtag: Hashtag) async -> Bool {
        let since = now() - Self.window
        if state.withLock({ $0.searches[hashtag].map { $0 > since } ?? false }) { return true }
        return await searches()[hashtag] != nil
    }

    /// Whether the service was not asked yet, or has just shown that it counts otherwise.
    var isTruthUnknown: Bool { state.withLock { $0.truthAt == nil } }

    /// Whether the service must say which searches it counts before a new one is begun.
    var isTruthDue: Bool {
        let oldest = now() - Self.truthLasts
        return state.withLock { $0.truthAt.map { $0 <= oldest } ?? true }
    }

    /// Notes that the service is asked; if that fails, it is not asked again at once.
    func noteAsking() {
        let time = now()
        state.withLock { $0.truthAt = time }
    }

    /// Notes which ids of hashtags the service counts.
    ///
    /// - Parameter known: the ids of those that we count ourselves.
    func learn(_ ids: [String], known: Set<String>) {
        state.withLock { state in
            state.strangers = Set(ids).subtracting(known)
            state.names = state.names.filter { state.strangers.contains($0.key) }
        }
    }

    /// The ids of the hashtags that the service counts and nobody here has heard of, in a fixed order.
    var unnamed: [String] {
        state.withLock { state in state.strangers.filter { state.names[$0] == nil }.sorted() }
    }

    /// Notes what a hashtag is called that the service counts; nil when the service does not say.
    func note(_ name: Hashtag?, of id: String) {
        state.withLock { state in
            guard state.strangers.contains(id) else { return }
            state.names[id] = .some(name)
        }
    }

    /// Counts a hashtag as our own that the service counts already.
    ///
    /// - Returns: false if it is none of those.
    func adopt(_ hashtag: Hashtag) async -> Bool {
        // When it was searched for is not known: now is the latest that it can have been.
        let time = now()
        let isAdopted = state.withLock { state in
            guard let id = state.strangers.first(where: { state.names[$0] == .some(hashtag) }) else { return false }
            state.strangers.remove(id)
            state.searches[hashtag] = time
            return true
        }
        if isAdopted { await confirm(hashtag) }
        return isAdopted
    }

    /// Counts a new hashtag, if there is room. To be followed by ``confirm(_:)`` or ``withdraw(_:)``.
    func admit(_ hashtag: Hashtag) async -> Bool {
        _ = await searches()
        let (time, since) = (now(), now() - Self.window)
        return state.withLock { state in
            guard state.used(since: since) < Self.limit else { return false }
            state.searches[hashtag] = time
            return true
        }
    }

    /// Remembers beyond this process that a hashtag counts.
    func confirm(_ hashtag: Hashtag) async {
        guard let time = state.withLock({ $0.searches[hashtag] }) else { return }
        try? await ledger.addSearch(hashtag, source: source, account: account, at: time)
    }

    /// Notes that the service refused a new hashtag: it counts more than we know, and has to be asked.
    func withdraw(_ hashtag: Hashtag) {
        state.withLock { $0.searches[hashtag] = nil }
        forgetTruth()
    }

    /// Notes that what the service said last cannot be true any more.
    func forgetTruth() { state.withLock { $0.truthAt = nil } }

    /// What the ledger and this process know together.
    private func searches() async -> [Hashtag: Int64] {
        let since = now() - Self.window
        let stored = (try? await ledger.searches(source: source, account: account, since: since + 1)) ?? [:]
        return state.withLock { state in
            state.searches = state.searches.filter { $0.value > since }.merging(stored, uniquingKeysWith: min)
            return state.searches
        }
    }
}
