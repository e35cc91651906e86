import Crawler

extension Snapshot {
    /// The posts that a query asks for, newest first, each once.
    func posts(for query: PostQuery) -> [Post] {
        let posts = posts(of: query.hashtags)
        let filter = query.filter
        if filter.isEmpty { return posts }
        return posts.filter { filter.admits($0, caption: caption(of:)) }
    }

    /// The posts of any of some hashtags, or of all when none is named.
    private func posts(of hashtags: [Hashtag]) -> [Post] {
        switch hashtags.count {
        case 0: return all
        case 1: return gallery[hashtags[0]]
        default:
            let ids = Set(hashtags.flatMap { gallery[$0].map(\.id) })
            return all.filter { ids.contains($0.id) }
        }
    }
}
