import Posts
import Upstreams

/// A post with one picture, published at a second.
func post(_ id: Int, at time: Int64? = nil, likes: Int? = nil, source: String = "instagram") -> Post {
    Post(
        id: Post.ID(source: source, value: "\(id)"), publishedAt: time ?? Int64(1_000 + id),
        media: [Media(kind: .image, url: "https://\(source).example/\(id).jpg")], likeCount: likes
    )
}

/// The posts with a range of IDs, newest first.
func posts(_ ids: ClosedRange<Int>) -> [Post] {
    ids.reversed().map { post($0) }
}

/// Pages of posts. The cursor of page `n` is `n`, and each page names the next.
func pages(_ pages: [[Post]]) -> ScriptedSource.Answer {
    { _, cursor in
        let index = cursor.flatMap { Int($0.value) } ?? 0
        return .success(
            SourcePage(posts: pages[index], next: index + 1 < pages.count ? SourceCursor("\(index + 1)") : nil))
    }
}

extension Hashtag {
    static let golang = known("golang")
    static let swift = known("swift")

    private static func known(_ name: String) -> Hashtag {
        do { return try Hashtag(name) } catch { preconditionFailure("\(error)") }
    }
}
