import Posts

/// The posts of a hashtag over some days: few posts usually, many at some hours, none at night.
struct SimulatedWorld: Sendable {
    /// The start, in seconds since 1970.
    static let epoch: Int64 = 1_800_000_000
    /// The time for which a post is shown after its publication, in seconds.
    static let visible: Int64 = 3_600

    /// All posts, oldest first.
    let posts: [Post]

    /// - Parameter name: the name of the source that shows the posts.
    init(_ name: String, days: Int, hashtag: Hashtag = .golang, seed: UInt64 = 1) {
        let dice = Dice(seed)
        var posts: [Post] = []
        var time: Int64 = 0
        while time < Int64(days) * 86_400 {
            let hour = time / 3_600 % 24
            let mean = hour == 12 ? 60 : hour < 6 ? 20_000 : 900
            time += Int64(dice.roll(2 * mean)) + 1
            posts.append(Self.post(posts.count, name, hashtag, at: Self.epoch + time))
        }
        self.posts = posts
    }

    private static func post(_ number: Int, _ name: String, _ hashtag: Hashtag, at time: Int64) -> Post {
        Post(
            id: Post.ID(source: name, value: "\(hashtag)-\(number)"), publishedAt: time,
            permalink: "https://home.example/@someone/\(hashtag)/\(number)", caption: "Number \(number)",
            media: [Media(kind: .image, url: "https://\(name).example/\(hashtag)/\(number).jpg?signature=1")],
            likeCount: 0)
    }

    /// The posts that are shown at a time, newest first.
    func shown(at now: Int64) -> [Post] {
        let end = firstIndex(publishedAfter: now)
        let start = firstIndex(publishedAfter: now - Self.visible)
        return posts[start..<end].reversed()
    }

    /// The IDs of the posts that have been shown for the whole time in which a post is visible.
    func due(at now: Int64) -> [Post.ID] { posts[..<firstIndex(publishedAfter: now - Self.visible)].map(\.id) }

    private func firstIndex(publishedAfter time: Int64) -> Int {
        var (low, high) = (0, posts.count)
        while low < high {
            let middle = (low + high) / 2
            if posts[middle].publishedAt > time { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
