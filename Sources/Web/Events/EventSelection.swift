import Crawler

/// Which posts a stream is about, and how it shows them.
struct EventSelection: Sendable, Equatable {
    /// What the data of an event hold.
    enum View: Sendable {
        /// The post as the JSON interface shows it.
        case json
        /// Its id and the card of the gallery.
        case card
    }

    /// nil for all hashtags.
    var hashtags: Set<Hashtag>?
    /// Which of their posts.
    var filter = PostFilter()
    var view = View.json

    /// Whether the event tells of a post that is new under these hashtags.
    func includes(_ event: PostEvent) -> Bool {
        guard shows(event.post, caption: { _ in event.caption }) else { return false }
        guard let hashtags else { return event.knownUnder.isEmpty }
        return !event.foundUnder.isDisjoint(with: hashtags) && event.knownUnder.isDisjoint(with: hashtags)
    }

    /// The posts of a gallery that it is about and that are newer than a place, the oldest first.
    ///
    /// - Parameter caption: gives the caption of a post as it is searched.
    func posts(in gallery: Gallery, newerThan mark: PageCursor, caption: (Post) -> SearchText) -> [Post] {
        var posts: [Post.ID: Post] = [:]
        for hashtag in gallery.hashtags where hashtags?.contains(hashtag) ?? true {
            for post in gallery[hashtag].prefix(while: { Post.newestFirst($0, mark.post) }) { posts[post.id] = post }
        }
        return posts.values.filter { shows($0, caption: caption) }.sorted { Post.newestFirst($1, $0) }
    }

    private func shows(_ post: Post, caption: (Post) -> SearchText) -> Bool {
        (view == .json || post.picture != nil) && filter.admits(post, caption: caption)
    }

    /// The newest post under these hashtags.
    func newest(in gallery: Gallery) -> Post? {
        gallery.hashtags.filter { hashtags?.contains($0) ?? true }.compactMap { gallery[$0].first }
            .min(by: Post.newestFirst)
    }
}
