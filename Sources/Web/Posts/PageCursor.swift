import Crawler

/// A place in a list of posts: after the post it names, whether or not that is still there.
struct PageCursor: Sendable, Hashable {
    let publishedAt: Int64
    let id: Post.ID

    init(after post: Post) {
        publishedAt = post.publishedAt
        id = post.id
    }

    /// Reads what ``text`` wrote.
    init?(_ text: String) {
        // By scalars: as a character, a colon could be one with what follows it.
        let parts = text.unicodeScalars.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            .map { String($0) }
        guard parts.count == 3, let publishedAt = Int64(parts[0]), !parts[1].isEmpty, !parts[2].isEmpty else {
            return nil
        }
        self.publishedAt = publishedAt
        id = Post.ID(source: parts[1], value: parts[2])
    }

    var text: String { "\(publishedAt):\(id.source):\(id.value)" }

    /// Whether a post comes after this place in a list that is newest first.
    func isBefore(_ post: Post) -> Bool {
        Post.newestFirst(Post(id: id, publishedAt: publishedAt, media: []), post)
    }
}
