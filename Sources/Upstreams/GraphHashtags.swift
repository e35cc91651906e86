import Posts
import Synchronization

/// Finds the ids of hashtags, and sees that no more different ones are asked for than the account's quota allows.
final class GraphHashtags: Sendable {
    private let source: String
    private let address: GraphAddress
    private let token: Secret
    private let client: GraphClient
    private let store: any PostStore
    private let quota: HashtagQuota?
    /// New hashtags come in one after the other: each must know what the one before has used.
    private let gate = AsyncLock()
    /// The ids that are known, so that a store that fails costs no search.
    private let ids = Mutex<[Hashtag: String]>([:])

    /// - Parameter quota: nil when only the service counts.
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

    /// How many hashtags may be searched for; nil when only the service counts.
    var budget: SearchBudget? { quota?.budget }

    /// Gives the id of a hashtag to an operation that asks for its posts, if it may be asked for.
    ///
    /// One that counts already may be; a new one only while there is room, and finding that there is none costs no
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

    /// Sees that a hashtag may be asked for.
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
        // A store that fails makes itself heard when the posts are stored; here it costs a search.
        guard let id = try? await store.sourceID(of: hashtag, source: source), GraphHashtag.isID(id) else { return nil }
        ids.withLock { $0[hashtag] = id }
        return id
    }

    private func remember(_ id: String, of hashtag: Hashtag) async {
        ids.withLock { $0[hashtag] = id }
        try? await store.setSourceID(id, of: hashtag, source: source)
    }

    /// Asks the service which hashtags it counts. When that fails, what is known here has to do for a while.
    private func learn(_ quota: HashtagQuota) async {
        quota.noteAsking()
        guard let found: GraphList<GraphHashtag> = try? await client.get(address.recentSearches) else { return }
        var known: Set<String> = []
        for hashtag in await quota.counted {
            if let id = await knownID(of: hashtag) { known.insert(id) }
        }
        // No more than the quota has room for are true, and each of them may cost a request for its name.
        let ids = found.items.map(\.id).filter(GraphHashtag.isID).prefix(HashtagQuota.limit)
        quota.learn(Array(ids), known: known)
    }

    /// Asks what the hashtags are called that the service counts and we do not know, until one is the hashtag that is
    /// wanted. After a database was lost they are our own, and asking for their posts is free.
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
                // Trouble with one of them costs that one; other trouble would be the same with the next.
                guard [.badParameter, .hashtagUnknown, .unusableResponse].contains(error.kind) else { return }
                quota.note(nil, of: id)
            }
        }
    }
}

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
