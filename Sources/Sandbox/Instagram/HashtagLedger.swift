import Synchronization

/// What the emulated API remembers of its user: the names of hashtags, and which of them count against the quota.
final class HashtagLedger: Sendable {
    /// How many different hashtags a user may search within ``window``.
    static let quota = 30

    /// 7 days, in seconds.
    static let window: Double = 7 * 86_400

    private struct Entries {
        var names: [String: SandboxHashtag] = [:]
        /// When each hashtag was searched first; asking again does not prolong it.
        var searches: [(id: String, time: Double)] = []
    }

    private let entries = Mutex(Entries())

    /// Notes a search at a time, in seconds since 1970.
    ///
    /// - Throws: ``GraphError/tooManyHashtags`` when it would be one too many.
    func search(_ hashtag: SandboxHashtag, at time: Double) throws(GraphError) {
        let isAllowed = entries.withLock { entries in
            entries.searches.removeAll { $0.time <= time - Self.window }
            if !entries.searches.contains(where: { $0.id == hashtag.id }) {
                guard entries.searches.count < Self.quota else { return false }
                entries.searches.append((hashtag.id, time))
            }
            entries.names[hashtag.id] = hashtag
            return true
        }
        guard isAllowed else { throw .tooManyHashtags }
    }

    /// The hashtags that count against the quota at a time, the latest first.
    func recentSearches(at time: Double) -> [SandboxHashtag] {
        entries.withLock { entries in
            entries.searches.filter { $0.time > time - Self.window }.reversed().compactMap { entries.names[$0.id] }
        }
    }

    /// The hashtag of an id, with its name when this server saw the search; nil unless the id is well-formed.
    func hashtag(id: String) -> SandboxHashtag? {
        entries.withLock { $0.names[id] } ?? SandboxHashtag(id: id)
    }
}
