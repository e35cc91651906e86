import Crawler

/// What a feed reader shows of a post: its pictures, its caption, and who it is from.
struct FeedContent: Sendable {
    let post: Post
    let pictures: [FeedPicture]
    let link: String

    var html: HTML {
        "\(pictures.map(image))\(video)\(caption)<p>\(byline)</p>"
    }

    private func image(_ picture: FeedPicture) -> HTML {
        "<p><a href=\"\(link)\"><img src=\"\(picture.url)\" alt=\"\(picture.description)\"\(size(picture))></a></p>"
    }

    private func size(_ picture: FeedPicture) -> HTML? {
        guard let width = picture.width, let height = picture.height else { return nil }
        return " width=\"\(width)\" height=\"\(height)\""
    }

    /// Videos are not passed on, and their addresses expire.
    private var video: HTML? {
        guard post.media.contains(where: { $0.kind == .video }) else { return nil }
        return "<p><a href=\"\(link)\">With a video</a></p>"
    }

    private var caption: HTML? {
        guard !post.caption.isEmpty else { return nil }
        let lines = post.caption.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let pieces = lines.enumerated().map { index, line -> HTML in
            index == 0 ? "\(String(line))" : "<br>\(String(line))"
        }
        return "<p dir=\"auto\">\(pieces)</p>"
    }

    private var byline: HTML {
        guard let author = post.author else { return "\(post.id.source)" }
        guard let page = WebLink(author.url) else { return "<bdi>\(author.name)</bdi> · \(post.id.source)" }
        return "<a href=\"\(page.address)\"><bdi>\(author.name)</bdi></a> · \(post.id.source)"
    }
}
