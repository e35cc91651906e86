import Posts
import Storage
import Synchronization

/// A store that a test can break.
final class FailingStore: PostStore {
    struct Broken: Error, CustomStringConvertible {
        var description: String { "the disk is full" }
    }

    let store = MemoryPostStore()
    private let broken = Mutex<(reading: Bool, writing: Bool)>((false, false))

    func breakDown(reading: Bool = false, writing: Bool = false) {
        broken.withLock { $0 = (reading, writing) }
    }

    func posts(of hashtag: Hashtag) async throws -> [Post] {
        if broken.withLock({ $0.reading }) { throw Broken() }
        return store.posts(of: hashtag)
    }

    func upsert(_ posts: [Post], of hashtag: Hashtag) async throws -> Int {
        if broken.withLock({ $0.writing }) { throw Broken() }
        return store.upsert(posts, of: hashtag)
    }

    func sourceID(of hashtag: Hashtag, source: String) async throws -> String? {
        if broken.withLock({ $0.reading }) { throw Broken() }
        return store.sourceID(of: hashtag, source: source)
    }

    func setSourceID(_ id: String, of hashtag: Hashtag, source: String) async throws {
        if broken.withLock({ $0.writing }) { throw Broken() }
        store.setSourceID(id, of: hashtag, source: source)
    }

    func revision() async throws -> Int64 {
        if broken.withLock({ $0.reading }) { throw Broken() }
        return store.revision()
    }
}
