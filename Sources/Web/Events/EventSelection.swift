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

    /// The oldest post under these hashtags that is newer than a place, whether or not the filter admits it.
    func next(after mark: PageCursor, in gallery: Gallery) -> Post? {
        lists(in: gallery).compactMap { posts in
            let count = posts.firstIndex(ofSuffix: { !Post.newestFirst($0, mark.post) })
            return count > 0 ? posts[count - 1] : nil
        }.max(by: Post.newestFirst)
    }

    /// The place before the newest posts under these hashtags, if more than `count` of them are newer than a place; else
    /// that place.
    func start(after mark: PageCursor, atMost count: Int, in gallery: Gallery) -> PageCursor {
        let lists = lists(in: gallery).map { posts in
            posts.prefix(posts.firstIndex(ofSuffix: { !Post.newestFirst($0, mark.post) }))
        }
        guard lists.reduce(0, { $0 + $1.count }) > count else { return mark }
        var heads = lists
        var last: Post?
        for _ in 0...count {
            // The newest of all heads; a post under several hashtags is the head of each of their lists.
            guard let newest = heads.compactMap(\.first).min(by: Post.newestFirst) else { return mark }
            last = newest
            for index in heads.indices where heads[index].first?.id == newest.id { heads[index].removeFirst() }
        }
        return last.map(PageCursor.init(after:)) ?? mark
    }

    private func lists(in gallery: Gallery) -> [[Post]] {
        gallery.hashtags.filter { hashtags?.contains($0) ?? true }.map { gallery[$0] }
    }

    /// Whether a post is shown, under whichever hashtags it is.
    ///
    /// - Parameter caption: gives the caption of a post as it is searched.
    func shows(_ post: Post, caption: (Post) -> SearchText) -> Bool {
        (view == .json || post.picture != nil) && filter.admits(post, caption: caption)
    }

    /// The newest post under these hashtags.
    func newest(in gallery: Gallery) -> Post? {
        gallery.hashtags.filter { hashtags?.contains($0) ?? true }.compactMap { gallery[$0].first }
            .min(by: Post.newestFirst)
    }
}
