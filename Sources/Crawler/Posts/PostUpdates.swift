/// What a crawl has found that the store must learn.
struct PostUpdates: Sendable {
    /// The posts to write, each under the id that it is shown by.
    private(set) var posts: [Post] = []
    /// Whether one of them changed in nothing but its counts or the signature of an address, and that was taken for no
    /// other reason.
    private(set) var hasMinorChanges = false
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
    init(
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
