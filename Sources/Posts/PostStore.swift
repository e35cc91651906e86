/// Stores posts.
///
/// Posts are identified by ``Post/ID`` and belong to one or more hashtags. The implementations are in `Storage`.
package protocol PostStore: Sendable {
    /// The posts kept for a hashtag, newest first.
    func posts(of hashtag: Hashtag) async throws -> [Post]

    /// Inserts posts under a hashtag, or updates them.
    ///
    /// - Returns: the number of new or different posts; 0 means that nothing was written.
    @discardableResult
    func upsert(_ posts: [Post], of hashtag: Hashtag) async throws -> Int

    /// The id that a source gave a hashtag, if it was stored before.
    func sourceID(of hashtag: Hashtag, source: String) async throws -> String?

    /// Stores the id that a source gave a hashtag. Such ids never change.
    func setSourceID(_ id: String, of hashtag: Hashtag, source: String) async throws

    /// A counter that changes with every write to the posts, by any process.
    func revision() async throws -> Int64
}

/// The posts of a crawl that must be written to the store: the new and the changed ones.
package struct PostUpdates: Sendable {
    /// The posts to write, each with the id under which it is shown.
    package private(set) var posts: [Post] = []
    /// Whether one of them is written only because `takesMinorChanges` was set.
    package private(set) var hasMinorChanges = false
    private var places: [Post.ID: Int] = [:]
    private var index: PostIndex
    private let expired: Set<String>

    /// - Parameters:
    ///   - found: the posts of a source, in any order.
    ///   - known: the known posts.
    ///   - sources: the names of the configured sources. The first of them refreshes posts of sources that are no longer
    ///     configured.
    ///   - takesMinorChanges: whether to write posts of which only the counts or signatures changed.
    ///   - expired: addresses that no longer work: a post with a new address for one of them is always written.
    package init(
        found: [Post], known: PostIndex, sources: Set<String>, takesMinorChanges: Bool, expired: Set<String> = []
    ) {
        index = known
        self.expired = expired
        let heir = sources.min()
        for post in found.newestFirst().reversed() {
            if let earlier = index.posts[post.id] {
                update(earlier, with: post.completed(byEarlier: earlier), takesMinorChanges)
            } else if let twin = index.twin(of: post) {
                let isOrphan = !sources.contains(twin.id.source) && post.id.source == heir
                let update =
                    isOrphan
                    ? post.renamed(twin.id).completed(byEarlier: twin) : twin.completed(byTwin: post)
                self.update(twin, with: update, takesMinorChanges)
            } else {
                write(post)
            }
        }
    }

    private mutating func update(_ earlier: Post, with post: Post, _ takesMinorChanges: Bool) {
        guard post.isNews(comparedTo: earlier) else { return }
        if post.isMinorChange(of: earlier) {
            guard takesMinorChanges || repairsAddress(of: earlier, post) else { return }
            if takesMinorChanges { hasMinorChanges = true }
        }
        write(post)
    }

    private func repairsAddress(of earlier: Post, _ post: Post) -> Bool {
        zip(earlier.media, post.media).contains { expired.contains($0.url) && $0.url != $1.url }
    }

    private mutating func write(_ post: Post) {
        index.insert(post)
        if let place = places[post.id] {
            posts[place] = post
        } else {
            places[post.id] = posts.count
            posts.append(post)
        }
    }
}
