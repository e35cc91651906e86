import Testing

@testable import Posts

@Suite struct ExpiredAddressTests {
    private static func post(_ number: Int, signature: Int, likes: Int = 0) -> Post {
        Post(
            id: Post.ID(source: "a", value: "\(number)"), publishedAt: 1_000 - Int64(number),
            media: [Media(kind: .image, url: "https://p.example/\(number).jpg?oe=\(signature)")], likeCount: likes)
    }

    private static let known = Post.merged((1...3).map { post($0, signature: 1) })

    private static func updates(_ found: [Post], takesMinorChanges: Bool = false) -> PostUpdates {
        PostUpdates(
            found: found, known: known, sources: ["a"], takesMinorChanges: takesMinorChanges,
            expired: ["https://p.example/2.jpg?oe=1"])
    }

    @Test func `Another address for one that has expired is taken at once, and nothing else that is minor`() {
        let updates = Self.updates((1...3).map { Self.post($0, signature: 2) })
        #expect(updates.posts == [Self.post(2, signature: 2)])
        // Other minor changes are not due yet, and the repair does not postpone them.
        #expect(!updates.hasMinorChanges)
    }

    @Test func `The same address again mends nothing`() {
        #expect(Self.updates((1...3).map { Self.post($0, signature: 1, likes: 5) }).posts.isEmpty)
    }

    @Test func `What is minor is taken in its turn as before`() {
        let updates = Self.updates((1...3).map { Self.post($0, signature: 2) }, takesMinorChanges: true)
        #expect(updates.posts.count == 3)
        #expect(updates.hasMinorChanges)
    }

    @Test func `What readers report is remembered within bounds`() throws {
        let box = GalleryBox(Gallery(hashtags: []))
        box.reportExpired("x")
        box.reportExpired("x")
        #expect(box.expired == ["x"])
        for number in 0..<5_000 { box.reportExpired("\(number)") }
        #expect(box.expired.count <= 1_000)
        #expect(box.expired.contains("4999"))
    }
}
