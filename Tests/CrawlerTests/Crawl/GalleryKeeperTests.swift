import Storage
import Testing

@testable import Crawler
@testable import Posts

@Suite struct GalleryKeeperTests {
    private func keeper(_ hashtags: [Hashtag], _ store: any PostStore) -> (GalleryKeeper, GalleryBox) {
        let box = GalleryBox(Gallery(hashtags: hashtags))
        let keeper = GalleryKeeper(
            hashtags: hashtags, sources: ["instagram"], showsSensitive: false, store: store, box: box, now: { 5_000 })
        return (keeper, box)
    }

    @Test("A gallery is replaced only when something changed")
    func onlyOnChange() async throws {
        let store = MemoryPostStore()
        let (keeper, box) = keeper([.golang, .swift], store)
        try await keeper.refresh(.golang)
        #expect(box.current.version == 0)
        store.upsert(posts(1...3), of: .golang)
        for _ in 1...3 { try await keeper.refresh(.golang) }
        #expect(box.current.version == 1)
        store.upsert([post(4)], of: .swift)
        try await keeper.refresh(.swift)
        #expect(box.current.version == 2)
        #expect(box.current[.golang].count == 3 && box.current[.swift].count == 1)
    }

    @Test("A reading that comes in after a later one is out of date")
    func lateReading() async throws {
        let store = SlowStore()
        let (keeper, box) = keeper([.golang], store)
        async let first: Void = keeper.refresh(.golang)
        await store.readers(1)
        async let second: Void = keeper.refresh(.golang)
        await store.readers(2)
        await store.answer(1, posts(1...2))
        try await second
        await store.answer(0, posts(1...1))
        try await first
        #expect(box.current[.golang].count == 2)
        #expect(box.current.version == 1)
    }

    @Test("A gallery that is older than the one shown is not shown")
    func olderGallery() throws {
        let box = GalleryBox(Gallery(hashtags: [.golang], version: 5))
        for version in [4, 5] as [UInt64] { box.replace(with: Gallery(hashtags: [.swift], version: version)) }
        #expect(box.current.hashtags == [.golang])
        box.replace(with: Gallery(hashtags: [.swift], version: 6))
        #expect(box.current.hashtags == [.swift])
    }
}

/// A store whose reads end when the test says so.
private actor SlowStore: PostStore {
    private var reading: [CheckedContinuation<[Post], Never>] = []
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    /// Waits until this many reads have started.
    func readers(_ count: Int) async {
        guard reading.count < count else { return }
        await withCheckedContinuation { watchers.append((count, $0)) }
    }

    func answer(_ index: Int, _ posts: [Post]) { reading[index].resume(returning: posts) }

    func posts(of hashtag: Hashtag) async -> [Post] {
        await withCheckedContinuation { continuation in
            reading.append(continuation)
            let ready = watchers.filter { $0.count <= reading.count }
            watchers.removeAll { $0.count <= reading.count }
            for watcher in ready { watcher.continuation.resume() }
        }
    }

    func upsert(_ posts: [Post], of hashtag: Hashtag) -> Int { 0 }
    func sourceID(of hashtag: Hashtag, source: String) -> String? { nil }
    func setSourceID(_ id: String, of hashtag: Hashtag, source: String) {}
    func revision() -> Int64 { 0 }
}
