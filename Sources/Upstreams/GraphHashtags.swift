import Posts
import Synchronization

/// Finds the ids of hashtags, and keeps the number of different ones within the account's quota.
final class GraphHashtags: Sendable {
    private let source: String
    private let address: GraphAddress
    private let token: Secret
    private let client: GraphClient
    private let store: any PostStore
    private let quota: HashtagQuota?
    /// Admits new hashtags one at a time, since each changes the quota.
    private let gate = AsyncLock()
    /// The known ids, so that a failing store costs no search.
    private let ids = Mutex<[Hashtag: String]>([:])

    /// - Parameter quota: `nil` if only the service counts.
    init(
        source: String, address: GraphAddress, token: Secret, client: GraphClient, store: any PostStore,
        quota: HashtagQuota?
    ) {
        self.source = source
        self.address = address
        self.token = token
        self.client = client
        self.store = store
        self.quota = quota
    }

    /// How many hashtags may be searched for; `nil` if only the service counts.
    var budget: SearchBudget? { quota?.budget }

    /// Runs an operation with the id of a hashtag, if the quota allows it.
    ///
    /// The quota allows every hashtag that counts already, and a new one while there is room. A refusal costs no
    /// request.
    func withID<Value: Sendable>(
        of hashtag: Hashtag, _ operation: (String) async throws(SourceError) -> Value
    ) async throws(SourceError) -> Value {
        guard let quota else { return try await operation(id(of: hashtag)) }
        let isNew = try await admit(hashtag, quota)
        do throws(SourceError) {
            let value = try await operation(id(of: hashtag))
            if isNew { await quota.confirm(hashtag) }
            return value
        } catch {
            switch error {
            case .hashtagQuotaExhausted where isNew: quota.withdraw(hashtag)
            case .hashtagQuotaExhausted: quota.forgetTruth()
            // The outcome of a request without a response is unknown: it counts.
            default: if isNew { await quota.confirm(hashtag) }
            }
            throw error
        }
    }

    /// Checks a hashtag against the quota.
    ///
    /// - Returns: whether it is a new one.
    private func admit(_ hashtag: Hashtag, _ quota: HashtagQuota) async throws(SourceError) -> Bool {
        if !quota.isTruthUnknown, await quota.counts(hashtag) { return false }
        await gate.lock()
        defer { gate.unlock() }
        if Task.isCancelled { throw .cancelled }
        if quota.isTruthUnknown { await learn(quota) }
        if await quota.counts(hashtag) { return false }
        if quota.isTruthDue { await learn(quota) }
        await nameStrangers(quota, until: hashtag)
        if await quota.adopt(hashtag) { return false }
        guard await quota.admit(hashtag) else { throw .hashtagQuotaExhausted }
        return true
    }

    /// The id of a hashtag: from memory, from the store, or from the service.
    private func id(of hashtag: Hashtag) async throws(SourceError) -> String {
        if let id = await knownID(of: hashtag) { return id }
        let found: GraphList<GraphHashtag> = try await client.get(address.search(hashtag))
        guard let id = found.items.first?.id else { throw .hashtagUnknown }
        guard GraphHashtag.isID(id) else {
            throw .unusableResponse("the id of the hashtag is not one: '\(token.scrub(id))'")
        }
        await remember(id, of: hashtag)
        return id
    }

    private func knownID(of hashtag: Hashtag) async -> String? {
        if let id = ids.withLock({ $0[hashtag] }) { return id }
        // A failing store is reported when posts are stored; here it costs a search.
        guard let id = try? await store.sourceID(of: hashtag, source: source), GraphHashtag.isID(id) else { return nil }
        ids.withLock { $0[hashtag] = id }
        return id
    }

    private func remember(_ id: String, of hashtag: Hashtag) async {
        ids.withLock { $0[hashtag] = id }
        try? await store.setSourceID(id, of: hashtag, source: source)
    }

    /// Requests the hashtags that the service counts. If that fails, the local count is used for a while.
    private func learn(_ quota: HashtagQuota) async {
        quota.noteAsking()
        guard let found: GraphList<GraphHashtag> = try? await client.get(address.recentSearches) else { return }
        var known: Set<String> = []
        for hashtag in await quota.counted {
            if let id = await knownID(of: hashtag) { known.insert(id) }
        }
        // Take no more ids than the quota allows: each of them may cost a request for its name.
        let ids = found.items.map(\.id).filter(GraphHashtag.isID).prefix(HashtagQuota.limit)
        quota.learn(Array(ids), known: known)
    }

    /// Requests the names of unknown hashtags that the service counts, until one is the wanted hashtag. After the loss
    /// of a database they are our own, and requesting their posts is free.
    private func nameStrangers(_ quota: HashtagQuota, until wanted: Hashtag) async {
        if let id = await knownID(of: wanted) { return quota.note(wanted, of: id) }
        for id in quota.unnamed {
            do throws(SourceError) {
                let found: GraphHashtag = try await client.get(address.hashtag(id))
                let hashtag = found.id == id ? found.name.flatMap { try? Hashtag($0) } : nil
                quota.note(hashtag, of: id)
                guard let hashtag else { continue }
                await remember(id, of: hashtag)
                if hashtag == wanted { return }
            } catch {
                // Skip an id that the service does not accept; other errors would occur for the next one too.
                guard [.badParameter, .hashtagUnknown, .unusableResponse].contains(error.kind) else { return }
                quota.note(nil, of: id)
            }
        }
    }
}

/// Instagram's quota: an account may search for 30 different hashtags within 7 days. Searching for one again within 7
/// days of its first search is free, and does not restart the 7 days.
///
/// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/hashtag-search
final class HashtagQuota: Sendable {
    static let limit = 30
    private static let window: Int64 = 7 * 86_400
    /// How long the service's list of counted hashtags is trusted, in seconds.
    private static let truthLasts: Int64 = 3_600

    private let source: String
    private let account: String
    private let ledger: any CrawlLedger
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    private struct State {
        /// The times of the first searches known to this process: the ledger may fail.
        var searches: [Hashtag: Int64] = [:]
        /// The ids of other hashtags that the service counts: of other programs with this account, or of a lost
        /// database.
        var strangers: Set<String> = []
        /// The names of the strangers that were requested; `nil` if the service does not name one.
        var names: [String: Hashtag?] = [:]
        /// When the service's list was last requested.
        var truthAt: Int64?

        func used(since: Int64) -> Int { searches.values.count { $0 > since } + strangers.count }
    }

    init(source: String, account: String, ledger: any CrawlLedger, now: @escaping @Sendable () -> Int64) {
        self.source = source
        self.account = account
        self.ledger = ledger
        self.now = now
    }

    /// The state of the quota, as of the last access to the ledger.
    var budget: SearchBudget {
        let since = now() - Self.window
        return state.withLock { state in
            SearchBudget(
                limit: Self.limit, used: min(Self.limit, state.used(since: since)),
                nextFree: state.searches.values.filter { $0 > since }.min().map { $0 + Self.window })
        }
    }

    /// The hashtags that count now.
    var counted: [Hashtag] { get async { await Array(searches().keys) } }

    /// Whether a hashtag counts already.
    func counts(_ hashtag: Hashtag) async -> Bool {
        let since = now() - Self.window
        if state.withLock({ $0.searches[hashtag].map { $0 > since } ?? false }) { return true }
        return await searches()[hashtag] != nil
    }

    /// Whether the service's list was not requested yet, or has proved wrong.
    var isTruthUnknown: Bool { state.withLock { $0.truthAt == nil } }

    /// Whether the service's list must be requested before a new hashtag is admitted.
    var isTruthDue: Bool {
        let oldest = now() - Self.truthLasts
        return state.withLock { $0.truthAt.map { $0 <= oldest } ?? true }
    }

    /// Records a request of the list, so that a failed one is not repeated at once.
    func noteAsking() {
        let time = now()
        state.withLock { $0.truthAt = time }
    }

    /// Takes over the ids that the service counts.
    ///
    /// - Parameter known: the ids that count here.
    func learn(_ ids: [String], known: Set<String>) {
        state.withLock { state in
            state.strangers = Set(ids).subtracting(known)
            state.names = state.names.filter { state.strangers.contains($0.key) }
        }
    }

    /// The ids that only the service counts and whose names are unknown, in a fixed order.
    var unnamed: [String] {
        state.withLock { state in state.strangers.filter { state.names[$0] == nil }.sorted() }
    }

    /// Records the name of a stranger; `nil` if the service does not name it.
    func note(_ name: Hashtag?, of id: String) {
        state.withLock { state in
            guard state.strangers.contains(id) else { return }
            state.names[id] = .some(name)
        }
    }

    /// Counts a stranger as our own.
    ///
    /// - Returns: `false` if the hashtag is not a stranger.
    func adopt(_ hashtag: Hashtag) async -> Bool {
        // The time of its search is unknown: now is the latest possible.
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

    /// Counts a new hashtag, if there is room. The caller then calls ``confirm(_:)`` or ``withdraw(_:)``.
    func admit(_ hashtag: Hashtag) async -> Bool {
        _ = await searches()
        let (time, since) = (now(), now() - Self.window)
        return state.withLock { state in
            guard state.used(since: since) < Self.limit else { return false }
            state.searches[hashtag] = time
            return true
        }
    }

    /// Stores in the ledger that a hashtag counts.
    func confirm(_ hashtag: Hashtag) async {
        guard let time = state.withLock({ $0.searches[hashtag] }) else { return }
        try? await ledger.addSearch(hashtag, source: source, account: account, at: time)
    }

    /// Records that the service refused a new hashtag: its list has changed and must be requested.
    func withdraw(_ hashtag: Hashtag) {
        state.withLock { $0.searches[hashtag] = nil }
        forgetTruth()
    }

    /// Records that the service's list is out of date.
    func forgetTruth() { state.withLock { $0.truthAt = nil } }

    /// The union of the ledger and this process.
    private func searches() async -> [Hashtag: Int64] {
        let since = now() - Self.window
        let stored = (try? await ledger.searches(source: source, account: account, since: since + 1)) ?? [:]
        return state.withLock { state in
            state.searches = state.searches.filter { $0.value > since }.merging(stored, uniquingKeysWith: min)
            return state.searches
        }
    }
}
