import Posts
import Storage
import Synchronization

/// A store that counts its calls.
final class CountingStore: PostStore {
    struct Calls: Sendable, Equatable {
        var reads = 0
        var upserts = 0
    }

    let store: MemoryPostStore
    private let counted = Mutex(Calls())

    init(_ store: MemoryPostStore = MemoryPostStore()) {
        self.store = store
    }

    var calls: Calls { counted.withLock { $0 } }

    func posts(of hashtag: Hashtag) -> [Post] {
        counted.withLock { $0.reads += 1 }
        return store.posts(of: hashtag)
    }

    func upsert(_ posts: [Post], of hashtag: Hashtag) -> Int {
        counted.withLock { $0.upserts += 1 }
        return store.upsert(posts, of: hashtag)
    }

    func sourceID(of hashtag: Hashtag, source: String) -> String? { store.sourceID(of: hashtag, source: source) }
    func setSourceID(_ id: String, of hashtag: Hashtag, source: String) {
        store.setSourceID(id, of: hashtag, source: source)
    }
    func revision() -> Int64 { store.revision() }
}
