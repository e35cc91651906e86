/// Keeps what the crawler found.
///
/// Posts are keyed by ``Post/ID`` and belong to one or more hashtags. `Storage` holds the
/// implementations.
package protocol PostStore: Sendable {
    /// The posts kept for a hashtag, newest first.
    func posts(of hashtag: Hashtag) async throws -> [Post]

    /// Inserts posts under a hashtag, or updates those that are there.
    ///
    /// - Returns: how many were new or different; 0 means that nothing was written.
    @discardableResult
    func upsert(_ posts: [Post], of hashtag: Hashtag) async throws -> Int

    /// The id that a source gave a hashtag, if it was stored before.
    func sourceID(of hashtag: Hashtag, source: String) async throws -> String?

    /// Stores the id that a source gave a hashtag. Such ids never change.
    func setSourceID(_ id: String, of hashtag: Hashtag, source: String) async throws

    /// A number that is another one after every change of the posts, also a change by another process.
    func revision() async throws -> Int64
}

/// What a crawl has found that the store must learn.
package struct PostUpdates: Sendable {
    /// The posts to write, each under the id that it is shown by.
    package private(set) var posts: [Post] = []
    /// Whether one of them changed in nothing but its counts or the signature of an address, and that was taken for no
    /// other reason.
    package private(set) var hasMinorChanges = false
    private var places: [Post.ID: Int] = [:]
    private var index: PostIndex
    private let expired: Set<String>

    /// - Parameters:
    ///   - found: the posts that a source gave, in any order.
    ///   - known: what is shown.
    ///   - sources: the names of the sources that are asked. What another one gave, which cannot refresh it any more,
    ///     is refreshed by the first of them.
    ///   - takesMinorChanges: whether a post is written of which only the counts or signatures changed.
    ///   - expired: addresses that lead nowhere any more: another one for them is taken in any case.
    package init(
        found: [Post], known: PostIndex, sources: Set<String>, takesMinorChanges: Bool, expired: Set<String> = []
    ) {
        index = known
        self.expired = expired
        let heir = sources.min()
        for post in found.sorted(by: Post.newestFirst).reversed() {
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
        guard post != earlier else { return }
        if post.isMinorChange(of: earlier) {
            guard takesMinorChanges || mends(earlier, post) else { return }
            if takesMinorChanges { hasMinorChanges = true }
        }
        write(post)
    }

    private func mends(_ earlier: Post, _ post: Post) -> Bool {
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
