import Crawler

/// One picture of a post, and where readers get it.
struct Picture: Sendable {
    let post: Post
    /// Its place among the media of the post.
    let index: Int
    let media: Media

    /// The first picture of a post, if it has one.
    init?(of post: Post) {
        guard let index = post.media.firstIndex(where: { $0.kind == .image }) else { return nil }
        self.init(of: post, at: index)
    }

    /// The medium at that place, whatever its kind; `nil` when there is none.
    init?(of post: Post, at index: Int) {
        guard post.media.indices.contains(index) else { return nil }
        self.post = post
        self.index = index
        self.media = post.media[index]
    }

    /// The stable address of the picture on this service.
    var path: String {
        "/media/\(PercentEncoding.encode(post.id.source))/\(PercentEncoding.encode(post.id.value))/\(index)"
    }

    /// The tag stays when the upstream address is only signed anew, and moves when the author puts another picture there.
    var validators: Validators {
        Validators(tag: EntityTag(of: "\(path)\n\(media.identity)".utf8), lastModified: post.publishedAt)
    }
}
