/// What readers see: an immutable picture of everything that was found, one list a hashtag.
///
/// A crawl that changed something makes a new gallery and puts it into the ``GalleryBox``;
/// a reader takes the current one and keeps it for as long as its answer takes.
public struct Gallery: Sendable, Equatable {
    /// The configured hashtags, in the operator's order: the first is the one of `/latest`.
    public let hashtags: [Hashtag]
    /// The posts of each hashtag, newest first.
    public let posts: [Hashtag: [Post]]
    /// Grows by one with every change, so that what was made from a gallery can be kept beside it.
    public let version: UInt64

    /// - Parameters:
    ///   - hashtags: the configured hashtags, in order.
    ///   - posts: their posts in any order; they are sorted here.
    ///   - version: larger than that of every gallery shown before.
    public init(hashtags: [Hashtag], posts: [Hashtag: [Post]] = [:], version: UInt64 = 0) {
        self.hashtags = hashtags
        self.posts = posts.mapValues { $0.sorted(by: Post.newestFirst) }
        self.version = version
    }

    /// This gallery with other posts of one hashtag; the lists of the others are taken as they are.
    ///
    /// - Parameters:
    ///   - posts: the posts of the hashtag in any order.
    ///   - hashtag: the hashtag.
    ///   - hashtags: the configured hashtags, in order; what is kept of others is dropped.
    /// - Returns: nil when that changes nothing.
    func replacing(_ posts: some Sequence<Post>, of hashtag: Hashtag, hashtags: [Hashtag]) -> Gallery? {
        let posts = posts.sorted(by: Post.newestFirst)
        guard posts != self[hashtag] || hashtags != self.hashtags else { return nil }
        var lists = self.posts
        lists[hashtag] = posts
        for other in lists.keys where !hashtags.contains(other) { lists[other] = nil }
        return Gallery(hashtags: hashtags, sorted: lists, version: version + 1)
    }

    private init(hashtags: [Hashtag], sorted: [Hashtag: [Post]], version: UInt64) {
        self.hashtags = hashtags
        self.posts = sorted
        self.version = version
    }

    /// The posts of one hashtag, newest first; empty when there are none or it is not configured.
    public subscript(hashtag: Hashtag) -> [Post] { posts[hashtag] ?? [] }
}
