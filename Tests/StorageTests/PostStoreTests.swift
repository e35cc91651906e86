import Posts
import Storage
import TestSupport
import Testing

/// Behaviour common to all stores.
@Suite struct PostStoreTests {
    enum Kind: CaseIterable {
        case memory, sqlite, resilient

        func store(retention: Int = 1_000) throws -> any PostStore {
            switch self {
            case .memory: MemoryPostStore(retention: retention)
            case .sqlite: try SQLiteStore(path: ":memory:", retention: retention)
            case .resilient: ResilientStore(path: ":memory:", retention: retention, logger: .silent)
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `Posts come back as they were, newest first`(_ kind: Kind) async throws {
        let store = try kind.store()
        let posts = (1...12).map { Post.sample($0) }
        #expect(try await store.upsert(posts.shuffled(), of: .golang) == 12)
        #expect(try await store.posts(of: .golang) == posts.reversed())
        #expect(try await store.posts(of: .swift).isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func `Posts of one second have one order everywhere`(_ kind: Kind) async throws {
        let store = try kind.store()
        let ids = [("b", "9"), ("a", "9"), ("a", "10"), ("a", "100"), ("a", "99"), ("a", "é"), ("a", "zz")]
        let posts = ids.map {
            Post(id: .init(source: $0.0, value: $0.1), publishedAt: 7, media: [Post.sample(1).media[0]])
        }
        try await store.upsert(posts, of: .golang)
        #expect(try await store.posts(of: .golang) == posts.sorted(by: Post.newestFirst))
    }

    @Test(arguments: Kind.allCases)
    func `What is known already changes nothing`(_ kind: Kind) async throws {
        let store = try kind.store()
        let posts = (1...50).map { Post.sample($0) }
        try await store.upsert(posts, of: .golang)
        let revision = try await store.revision()
        #expect(try await store.upsert(posts, of: .golang) == 0)
        #expect(try await store.revision() == revision)
        var changed = posts[3]
        changed.caption = "another"
        changed.media.removeLast()
        #expect(try await store.upsert(posts.dropLast() + [changed], of: .golang) == 1)
        #expect(try await store.revision() != revision)
        #expect(try await store.posts(of: .golang).first { $0.id == changed.id } == changed)
    }

    @Test(arguments: Kind.allCases)
    func `A post may have several hashtags`(_ kind: Kind) async throws {
        let store = try kind.store(retention: 2)
        #expect(try await store.upsert([.sample(1), .sample(2)], of: .golang) == 2)
        #expect(try await store.upsert([.sample(1)], of: .swift) == 1)
        #expect(try await store.upsert([.sample(3)], of: .golang) == 1)
        #expect(try await store.posts(of: .golang) == [.sample(3), .sample(2)])
        #expect(try await store.posts(of: .swift) == [.sample(1)], "it left one hashtag, not the other")
    }

    @Test(arguments: Kind.allCases)
    func `The newest are kept, and what is too old counts for nothing`(_ kind: Kind) async throws {
        let store = try kind.store(retention: 5)
        #expect(try await store.upsert((1...8).map { Post.sample($0) }, of: .golang) == 5)
        let revision = try await store.revision()
        #expect(try await store.upsert([.sample(2)], of: .golang) == 0)
        #expect(try await store.revision() == revision)
        #expect(try await store.posts(of: .golang) == (4...8).reversed().map { Post.sample($0) })
    }

    @Test(arguments: Kind.allCases)
    func `The ids of hashtags are kept`(_ kind: Kind) async throws {
        let store = try kind.store()
        #expect(try await store.sourceID(of: .golang, source: "instagram") == nil)
        try await store.setSourceID("17", of: .golang, source: "instagram")
        try await store.setSourceID("18", of: .golang, source: "instagram")
        #expect(try await store.sourceID(of: .golang, source: "instagram") == "18")
        #expect(try await store.sourceID(of: .golang, source: "sandbox") == nil)
    }
}
