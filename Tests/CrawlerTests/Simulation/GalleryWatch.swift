import Posts
import Synchronization

/// Checks each gallery that visitors get, and records the faults.
final class GalleryWatch: Sendable {
    private struct State {
        var version: UInt64 = 0
        var gallery = Gallery(hashtags: [])
        var shown: Set<Post.ID> = []
        var galleries = 0
        var most = 0
        var faults: [String] = []
    }

    private let box: GalleryBox
    private let state = Mutex(State())

    init(_ box: GalleryBox) {
        self.box = box
    }

    /// All posts that visitors have seen.
    var shown: Set<Post.ID> { state.withLock { $0.shown } }
    /// The number of galleries.
    var galleries: Int { state.withLock { $0.galleries } }
    /// The largest number of posts in a gallery.
    var most: Int { state.withLock { $0.most } }
    /// The recorded faults.
    var faults: [String] { state.withLock { $0.faults } }

    func look() {
        let new = box.current
        state.withLock { state in
            guard new.version != state.version else { return }
            for hashtag in new.hashtags {
                let (old, posts) = (state.gallery[hashtag], new[hashtag])
                guard old != posts else { continue }
                let ids = Set(posts.map(\.id))
                if let newest = old.first, !ids.contains(newest.id) {
                    state.faults.append("\(newest.id) was the newest and is gone")
                }
                // Only posts that are older than all shown posts may disappear.
                let oldest = posts.last?.publishedAt ?? .max
                for post in old where !ids.contains(post.id) && post.publishedAt > oldest {
                    state.faults.append("\(post.id) is gone")
                }
                if Set(posts.map { $0.permalink ?? "" }).count != posts.count {
                    state.faults.append("a post is shown twice")
                }
                state.shown.formUnion(ids)
            }
            state.most = max(state.most, new.hashtags.reduce(0) { $0 + new[$1].count })
            state.galleries += 1
            state.version = new.version
            state.gallery = new
        }
    }
}
