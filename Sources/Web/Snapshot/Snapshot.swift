import Crawler
import Synchronization

/// What requests are answered from: a gallery, and what is worth working out once for each.
final class Snapshot: Sendable {
    let gallery: Gallery
    /// When the first reader saw it, in seconds since 1970-01-01T00:00:00Z.
    let madeAt = Epoch.now()
    /// The posts of all hashtags, newest first, each once.
    let all: [Post]
    /// Those of them that have a picture.
    let pictured: [Post]
    private let answers: [Hashtag: LatestAnswers]
    private let posts: [Post.ID: Post]
    /// The captions as they are searched, made by the first search.
    private let captions = Mutex<[Post.ID: SearchText]?>(nil)

    init(_ gallery: Gallery) {
        self.gallery = gallery
        answers = Dictionary(uniqueKeysWithValues: Set(gallery.hashtags).map { ($0, LatestAnswers(gallery[$0])) })
        posts = Dictionary(
            gallery.hashtags.flatMap { hashtag in gallery[hashtag].map { ($0.id, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        all = posts.values.sorted(by: Post.newestFirst)
        pictured = all.filter { $0.picture != nil }
    }

    /// The answers of `/latest` for one hashtag; `nil` when it is not configured.
    func latest(of hashtag: Hashtag) -> LatestAnswers? { answers[hashtag] }

    /// The post of that id, under whichever hashtag it was found.
    func post(_ id: Post.ID) -> Post? { posts[id] }

    /// The caption of a post as it is searched, whether or not the post is of this snapshot.
    func caption(of post: Post) -> SearchText {
        guard posts[post.id]?.caption == post.caption, let text = searchTexts[post.id] else {
            return SearchText(post.caption)
        }
        return text
    }

    private var searchTexts: [Post.ID: SearchText] {
        captions.withLock { captions in
            if let captions { return captions }
            let texts = posts.mapValues { SearchText($0.caption) }
            captions = texts
            return texts
        }
    }
}
