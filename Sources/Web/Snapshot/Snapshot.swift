import Crawler

/// What requests are answered from: a gallery, and what is worth working out once for each.
final class Snapshot: Sendable {
    let gallery: Gallery
    /// The posts of all hashtags that have a picture, newest first, each once.
    let pictured: [Post]
    private let answers: [Hashtag: LatestAnswers]
    private let posts: [Post.ID: Post]

    init(_ gallery: Gallery) {
        self.gallery = gallery
        answers = Dictionary(uniqueKeysWithValues: Set(gallery.hashtags).map { ($0, LatestAnswers(gallery[$0])) })
        posts = Dictionary(
            gallery.hashtags.flatMap { hashtag in gallery[hashtag].map { ($0.id, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        pictured = posts.values.filter { $0.picture != nil }.sorted(by: Post.newestFirst)
    }

    /// The answers of `/latest` for one hashtag; `nil` when it is not configured.
    func latest(of hashtag: Hashtag) -> LatestAnswers? { answers[hashtag] }

    /// The post of that id, under whichever hashtag it was found.
    func post(_ id: Post.ID) -> Post? { posts[id] }
}
