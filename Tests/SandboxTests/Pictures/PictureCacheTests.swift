import Testing

@testable import Sandbox

@Suite("The cache of pictures")
struct PictureCacheTests {
    @Test("keeps the pictures that were asked for last, and no more than its capacity")
    func eviction() throws {
        let cache = PictureCache(capacity: 2)
        let ids = (0..<3).map { MediaID(owner: .post, number: $0).description }
        let first = try cache.picture(of: ids[0])
        _ = try cache.picture(of: ids[1])
        #expect(try cache.picture(of: ids[0]) == first)
        _ = try cache.picture(of: ids[2])
        #expect(cache.ids == [ids[0], ids[2]])
    }
}
