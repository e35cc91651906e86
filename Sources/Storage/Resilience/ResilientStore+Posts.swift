import Crawler

extension ResilientStore: PostStore {
    /// The posts kept for a hashtag, newest first.
    public func posts(of hashtag: Hashtag) async -> [Post] {
        guard let posts = await attempt({ try await $0.posts(of: hashtag) }) else { return memory.posts(of: hashtag) }
        // Should the database fail later, this much is still there.
        memory.upsert(posts, of: hashtag)
        return posts
    }

    /// Inserts posts under a hashtag, or updates those that are there.
    @discardableResult
    public func upsert(_ posts: [Post], of hashtag: Hashtag) async -> Int {
        let changed = memory.upsert(posts, of: hashtag)
        let key = "posts \(hashtag)"
        guard let written = await attempt({ try await $0.upsert(posts, of: hashtag) }) else {
            miss(key, writing(hashtag))
            return changed
        }
        // The database may have got them from memory a moment ago, when it began to work again.
        return max(written, changed)
    }

    /// The id that a source gave a hashtag, if it was stored before.
    public func sourceID(of hashtag: Hashtag, source: String) async -> String? {
        if let known = memory.sourceID(of: hashtag, source: source) { return known }
        return await attempt { try await $0.sourceID(of: hashtag, source: source) } ?? nil
    }

    /// Stores the id that a source gave a hashtag.
    public func setSourceID(_ id: String, of hashtag: Hashtag, source: String) async {
        memory.setSourceID(id, of: hashtag, source: source)
        await ensure("id \(hashtag) \(source)") { try await $0.setSourceID(id, of: hashtag, source: source) }
    }

    /// A number that is another one after every change of the posts. While the database does not work it is negative,
    /// so that it is none of the database's.
    public func revision() async -> Int64 {
        await attempt { try await $0.revision() } ?? -1 - memory.revision()
    }
}
