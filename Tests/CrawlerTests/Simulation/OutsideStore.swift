import Posts
import Storage

/// Lets a simulation use a database, which has its own thread.
struct OutsideStore: PostStore {
    let store: SQLiteStore
    let simulation: Simulation

    func posts(of hashtag: Hashtag) async throws -> [Post] {
        try await simulation.outside { try await store.posts(of: hashtag) }
    }

    func upsert(_ posts: [Post], of hashtag: Hashtag) async throws -> Int {
        try await simulation.outside { try await store.upsert(posts, of: hashtag) }
    }

    func sourceID(of hashtag: Hashtag, source: String) async throws -> String? {
        try await simulation.outside { try await store.sourceID(of: hashtag, source: source) }
    }

    func setSourceID(_ id: String, of hashtag: Hashtag, source: String) async throws {
        try await simulation.outside { try await store.setSourceID(id, of: hashtag, source: source) }
    }

    func revision() async throws -> Int64 { try await simulation.outside { try await store.revision() } }
}
