import Crawler
import Storage
import Testing

@Suite struct MemoryPostStoreTests {
    private let store = MemoryPostStore(retention: 5)

    @Test("Posts come back newest first, each once")
    func order() throws {
        store.upsert([post(1, at: 10), post(3, at: 30), post(2, at: 20), post(1, at: 10)], of: .golang)
        #expect(store.posts(of: .golang).map(\.id.value) == ["3", "2", "1"])
        #expect(store.posts(of: .swift).isEmpty)
    }

    @Test("An upsert counts what is new or different")
    func counts() throws {
        #expect(store.upsert(posts(1...3), of: .golang) == 3)
        #expect(store.upsert(posts(1...3), of: .golang) == 0)
        #expect(store.upsert([post(1, likes: 7), post(2)], of: .golang) == 1)
        #expect(store.upsert([post(4), post(4)], of: .golang) == 1)
        #expect(store.upsert([], of: .golang) == 0)
        #expect(store.posts(of: .golang).last?.likeCount == 7)
    }

    @Test("The same id of two sources is two posts")
    func sources() throws {
        store.upsert([post(1, source: "instagram"), post(1, source: "sandbox")], of: .golang)
        #expect(store.posts(of: .golang).count == 2)
    }

    @Test("Of each hashtag the newest are kept, and what is not kept does not count")
    func retention() throws {
        #expect(store.upsert(posts(1...8), of: .golang) == 5)
        #expect(store.upsert(posts(1...3), of: .golang) == 0)
        #expect(store.upsert(posts(1...9), of: .swift) == 5)
        #expect(store.posts(of: .golang).map(\.id.value) == ["8", "7", "6", "5", "4"])
        #expect(store.upsert([post(9)], of: .golang) == 1)
        #expect(store.posts(of: .golang).map(\.id.value) == ["9", "8", "7", "6", "5"])
    }

    @Test("The ids of hashtags are kept for each source")
    func sourceIDs() throws {
        store.setSourceID("178", of: .golang, source: "instagram")
        #expect(store.sourceID(of: .golang, source: "instagram") == "178")
        #expect(store.sourceID(of: .golang, source: "sandbox") == nil)
        #expect(store.sourceID(of: .swift, source: "instagram") == nil)
    }
}
