import Testing

@testable import Posts

@Suite struct PostMergingTests {
    private func post(
        _ id: String, _ source: String = "a.example", at time: Int64 = 1_000, page: String? = nil,
        picture: String = "https://cdn.example/1.jpg", caption: String = "", alt: String? = nil, likes: Int? = nil
    ) -> Post {
        Post(
            id: Post.ID(source: source, value: id), publishedAt: time, permalink: page, caption: caption,
            media: [Media(kind: .image, url: picture, alt: alt)], likeCount: likes)
    }

    @Test(arguments: [
        ("https://social.example/@a/1", "http://www.Social.example:80/@a/1/"),
        ("https://social.example/@a/1", "https://social.example:443/@a/1#reply"),
        ("https://instagram.com/p/ABC/", "https://www.instagram.com/p/ABC/?igsh=xyz&utm_source=ig"),
        ("https://blog.example/?p=12", "https://blog.example/?p=12&utm_medium=feed"),
    ])
    func `Spellings of the address of one page are equal`(_ one: String, _ other: String) throws {
        #expect(CanonicalAddress.permalink(one) == CanonicalAddress.permalink(other))
    }

    @Test(arguments: [
        ("https://blog.example/?p=12", "https://blog.example/?p=13"),
        ("https://social.example/@a/1", "https://social.example/@a/2"),
        ("https://social.example/@a/1", "https://other.example/@a/1"),
        ("https://social.example/@A/1", "https://social.example/@a/1"),
        ("https://social.example:8443/@a/1", "https://social.example/@a/1"),
    ])
    func `Addresses of two pages are not`(_ one: String, _ other: String) {
        #expect(CanonicalAddress.permalink(one) != CanonicalAddress.permalink(other))
    }

    @Test(arguments: [
        "", "social.example/1", "https://", "https://social.example", "https://social.example/", "ftp://x/1",
    ])
    func `What names no page is compared with nothing`(_ text: String) {
        #expect(CanonicalAddress.permalink(text) == nil)
    }

    @Test(arguments: [
        ("https://cdn.example/1.jpg?oh=1&oe=2", "https://cdn.example/1.jpg?oh=3"),
        ("https://cdn.example/1.JPG", "http://cdn.example/1.JPG?x"),
        (
            "https://scontent-fra3-1.cdninstagram.com/v/1_n.jpg?oh=1",
            "https://scontent-ams2-2.cdninstagram.com/v/1_n.jpg?oh=2"
        ),
    ])
    func `A picture is the same whatever its signature and edge server`(_ one: String, _ other: String) throws {
        #expect(CanonicalAddress.medium(one) == CanonicalAddress.medium(other))
    }

    @Test(arguments: [
        ("https://cdn.example/image?id=1", "https://cdn.example/image?id=2"),
        ("https://cdn.example/1.jpg", "https://cdn.example/2.jpg"),
        ("https://cdn.example/1.jpg", "https://cdn.example/1.png"),
    ])
    func `Two pictures are two`(_ one: String, _ other: String) {
        #expect(CanonicalAddress.medium(one) != CanonicalAddress.medium(other))
    }

    @Test func `Of what is the same, one stays, whatever the order`() {
        let posts = [
            post("1", "a.example", page: "https://home.example/1", picture: "https://a.example/1.jpg", alt: nil),
            post("9", "b.example", page: "https://home.example/1/", picture: "https://b.example/7.jpg", alt: "A cat"),
            post("5", "c.example", at: 999, picture: "https://a.example/1.jpg?s=1", likes: 3),
            post("2", "a.example", page: "https://home.example/2", picture: "https://a.example/2.jpg"),
        ]
        var orders: [[Post]] = [[]]
        for post in posts {
            orders = orders.flatMap { order in (0...order.count).map { order.inserting(post, at: $0) } }
        }
        #expect(orders.count == 24)
        let results = Set(orders.map { Post.merged($0).posts })
        #expect(results.count == 1)
        #expect(results.first?.count == 2)
        let kept = results.first?.values.first { $0.publishedAt == 999 }
        #expect(kept?.id.source == "c.example", "the oldest")
        #expect(kept?.permalink != nil, "completed by the others")
        #expect(kept?.media.first?.alt == "A cat")
        #expect(kept?.likeCount == 3)
    }

    @Test func `What is shown stays, also when it is not the oldest`() {
        let posts = [post("1", "a.example", at: 999), post("2", "b.example")]
        #expect(Post.merged(posts).posts.keys.map(\.source) == ["a.example"])
        #expect(Post.merged(posts, keeping: PostIndex([posts[1]])).posts.keys.map(\.source) == ["b.example"])
    }

    @Test func `A picture that many posts of one source have does not make them one`() {
        let standIn = "https://a.example/processing.png"
        let posts = (1...3).map { post("\($0)", page: "https://a.example/\($0)", picture: standIn, caption: "\($0)") }
        #expect(Post.merged(posts).posts.count == 3)
        #expect(Post.merged([posts[0], post("9", picture: standIn, caption: "1")]).posts.count == 1, "the same, twice")
        #expect(Post.merged([posts[0], post("9", "b.example", picture: standIn)]).posts.count == 1, "another source")
    }

    @Test func `A second source adds what the first lacks, and the first does not take that away again`() {
        let first = post("1", "a.example", page: "https://home.example/1", picture: "https://a.example/1.jpg")
        let second = post(
            "7", "b.example", page: "https://home.example/1", picture: "https://b.example/7.jpg", alt: "A cat", likes: 9
        )
        var known = PostIndex([first])
        var updates = updates([second], known)
        #expect(updates.posts.map(\.id.value) == ["1"])
        #expect(updates.posts.first?.media.first == Media(kind: .image, url: "https://a.example/1.jpg", alt: "A cat"))
        #expect(updates.posts.first?.likeCount == nil, "each service counts its own")
        known = PostIndex(updates.posts)
        for again in [[first], [second], [first, second]] { #expect(self.updates(again, known).posts.isEmpty) }
        var edited = first
        edited.media = [Media(kind: .image, url: "https://a.example/2.jpg")]
        updates = self.updates([edited], known)
        #expect(updates.posts.first?.media.first?.alt == nil, "it is another picture")
    }

    @Test func `What a source gave that is not asked any more is refreshed by the first of those that are`() {
        let orphan = post("1", "gone.example", page: "https://home.example/1", picture: "https://gone.example/1.jpg")
        let others = ["a.example", "b.example"].map {
            post("7", $0, page: "https://home.example/1", picture: "https://\($0)/7.jpg")
        }
        let updates = updates(others, PostIndex([orphan]))
        #expect(updates.posts.map(\.id) == [orphan.id])
        #expect(updates.posts.first?.media.first?.url == "https://a.example/7.jpg")
        #expect(self.updates(others, PostIndex(updates.posts)).posts.isEmpty)
    }

    private func updates(_ found: [Post], _ known: PostIndex) -> PostUpdates {
        PostUpdates(found: found, known: known, sources: ["a.example", "b.example"], takesMinorChanges: true)
    }
}

extension Array {
    fileprivate func inserting(_ element: Element, at index: Int) -> [Element] {
        var array = self
        array.insert(element, at: index)
        return array
    }
}
