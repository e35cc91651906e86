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
            // What came of a request without an answer is not known: it counts.
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
            throw .unusableAnswer("the id of the hashtag is not one: '\(token.scrub(id))'")
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
                guard [.badParameter, .hashtagUnknown, .unusableAnswer].contains(error.kind) else { return }
                quota.note(nil, of: id)
            }
        }
    }
}
