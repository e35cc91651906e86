import Crawler
import Hummingbird

extension Site {
    /// How long a page is kept, in seconds: what it says of times is that much late at most.
    static let pageLifetime: Int64 = 5

    /// A page of pictures: of any of some hashtags, or of all when none is named.
    ///
    /// The first page is kept for some seconds; an empty one tells of the crawls, which move on.
    func galleryPage(
        of hashtags: [Hashtag], _ query: PageQuery, in snapshot: Snapshot, for request: Request
    ) async -> Representation {
        let selection = PostQuery(hashtags, query.filter)
        let isAll = hashtags.isEmpty && query.filter.isEmpty
        let posts = isAll ? snapshot.pictured : await snapshot.posts(for: selection).filter { $0.picture != nil }
        let time = now()
        let origin = RequestOrigin(request)
        let page = GalleryPage(
            title: configuration.title,
            hashtags: snapshot.gallery.hashtags,
            selection: selection,
            query: query,
            page: PostPage(of: posts, query),
            health: posts.isEmpty ? health() : nil,
            origin: origin,
            now: time
        )
        // A page says how long ago things were: it is another one a minute later.
        func made() -> Representation { .page(page.html, lastModified: max(time, snapshot.changedAt(hashtags))) }
        guard query.before == nil, !posts.isEmpty else { return made() }
        let key = AnswerCache.Key(form: "text/html", query: selection, limit: query.limit, origin: origin.text)
        let version = snapshot.gallery.version
        return await cache.answer(key, version: version, now: time) { _ in
            .init(version: version, representation: made(), end: time + Self.pageLifetime)
        }
    }
}
