import Crawler

/// One post in the grid.
struct PostCard: Sendable {
    /// More of a caption than this is left to the page of the post.
    static let captionLength = 280

    let post: Post
    let picture: Picture
    /// Whether it is among the first ones, which readers see at once.
    let isEarly: Bool
    let now: Int64

    var html: HTML {
        #"""
        <li class="card\#(veil)" data-post="\#(PageCursor(after: post).text)">
        <article>
        <a class="picture" href="\#(WebLink(post.permalink)?.address ?? picture.path)"\#(relation)>\#(Placeholder(media: picture.media).html)\#(image)\#(badge)</a>
        \#(caption)<p class="meta">\#(author)\#(RelativeTime(moment: post.publishedAt, now: now).html)<span>\#(post.id.source)</span>\#(likes)</p>
        </article>
        </li>

        """#
    }

    private var relation: HTML? {
        WebLink(post.permalink).map { _ in #" rel="noopener noreferrer external""# }
    }

    private var veil: HTML? { post.isSensitive ? " veiled" : nil }

    private var image: HTML {
        let priority: HTML = isEarly ? "" : #" loading="lazy""#
        return
            #"<img src="\#(picture.path)" alt="\#(PictureDescription(picture).text)"\#(size)\#(priority) decoding="async">"#
    }

    /// The grid reserves the space by itself; this is for readers without the style sheet.
    private var size: HTML? {
        guard let width = picture.media.width, let height = picture.media.height, width > 0, height > 0 else {
            return nil
        }
        return #" width="\#(width)" height="\#(height)""#
    }

    private var badge: HTML? {
        if post.isSensitive { return #"<span class="badge sensitive">Sensitive</span>"# }
        guard post.media.count > 1 else { return nil }
        return
            #"<span class="badge many"><span class="unseen">One of </span>\#(post.media.count)<span class="unseen"> pictures and videos</span></span>"#
    }

    private var caption: HTML? {
        let text = post.caption.shortened(to: Self.captionLength)
        return text.isEmpty ? nil : "<p class=\"caption\" dir=\"auto\"\(language)>\(text)</p>\n"
    }

    private var language: HTML? { post.language.map { #" lang="\#($0)""# } }

    private var author: HTML? {
        post.author.map { author in
            let name: HTML = "<bdi>\(author.name.shortened(to: 60))</bdi>"
            guard let page = WebLink(author.url) else { return "<span>\(name)</span>" }
            return #"<span><a href="\#(page.address)" rel="noopener noreferrer external author">\#(name)</a></span>"#
        }
    }

    private var likes: HTML? {
        post.likeCount.map { count in
            #"<span class="likes"><span aria-hidden="true">♥</span> \#(count)<span class="unseen"> likes</span></span>"#
        }
    }
}
