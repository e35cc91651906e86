import Crawler
import Synchronization

/// Keeps posts in memory only, for tests and for running without a database.
public final class MemoryPostStore: PostStore {
    /// How many posts are kept of each hashtag: the newest.
    public let retention: Int

    private let contents = Mutex(Contents())

    private struct Contents {
        var posts: [Hashtag: [Post.ID: Post]] = [:]
        var sourceIDs: [SourceKey: String] = [:]
        var revision: Int64 = 0
    }

    private struct SourceKey: Hashable {
        var hashtag: Hashtag
        var source: String
    }

    /// - Parameter retention: how many posts to keep of each hashtag; at least 1.
    public init(retention: Int = 1_000) {
        self.retention = max(1, retention)
    }

    /// The hashtags that posts are kept of.
    var hashtags: [Hashtag] { contents.withLock { Array($0.posts.keys) } }

    /// The posts kept for a hashtag, newest first.
    public func posts(of hashtag: Hashtag) -> [Post] {
        contents.withLock { $0.posts[hashtag, default: [:]].values.sorted(by: Post.newestFirst) }
    }

    /// Inserts posts under a hashtag, or updates those that are there.
    ///
    /// Posts that are older than the oldest kept one when the hashtag is full do not count: they
    /// are not kept.
    @discardableResult
    public func upsert(_ posts: [Post], of hashtag: Hashtag) -> Int {
        contents.withLock { contents in
            let old = contents.posts[hashtag, default: [:]]
            var new = old.merging(posts.map { ($0.id, $0) }) { $1 }
            for post in new.values.sorted(by: Post.newestFirst).dropFirst(retention) { new[post.id] = nil }
            contents.posts[hashtag] = new
            let changed = new.count { old[$0.key] != $0.value }
            if changed > 0 { contents.revision += 1 }
            return changed
        }
    }

    /// The id that a source gave a hashtag, if it was stored before.
    public func sourceID(of hashtag: Hashtag, source: String) -> String? {
        contents.withLock { $0.sourceIDs[SourceKey(hashtag: hashtag, source: source)] }
    }

    /// Stores the id that a source gave a hashtag.
    public func setSourceID(_ id: String, of hashtag: Hashtag, source: String) {
        contents.withLock { $0.sourceIDs[SourceKey(hashtag: hashtag, source: source)] = id }
    }

    /// A number that is another one after every change of the posts.
    public func revision() -> Int64 { contents.withLock { $0.revision } }
}
