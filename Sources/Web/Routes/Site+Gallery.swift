import Crawler
import Hummingbird

extension Site {
    /// A page of pictures: of one hashtag, or of all.
    func galleryPage(
        of hashtag: Hashtag?, _ query: PageQuery, in snapshot: Snapshot, for request: Request
    ) -> Representation {
        let posts =
            if let hashtag { snapshot.latest(of: hashtag)?.pictures.map(\.post) ?? [] } else { snapshot.pictured }
        let page = GalleryPage(
            title: configuration.title,
            hashtags: snapshot.gallery.hashtags,
            selected: hashtag,
            query: query,
            page: PostPage(of: posts, query),
            health: posts.isEmpty ? health() : nil,
            origin: RequestOrigin(request),
            now: now()
        )
        return .page(page.html, lastModified: posts.first?.publishedAt)
    }
}
