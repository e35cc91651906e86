import Crawler

/// One post in a ``Feed``.
struct FeedItem: Sendable, Equatable {
    /// More of a caption than this is not a title.
    private static let titleLength = 80

    let id: String
    let title: String
    let link: String
    /// In seconds since 1970-01-01T00:00:00Z.
    let publishedAt: Int64
    let author: Author?
    /// The name of the source.
    let source: String
    /// A tag of RFC 5646.
    let language: String?
    let isSensitive: Bool
    let content: HTML
    /// The pictures of the post; none when it has only videos.
    let pictures: [FeedPicture]

    /// - Parameter home: where the item leads when nothing else has an address.
    init(_ post: Post, home: String, links: FeedLinks) {
        pictures = post.media.indices.compactMap { index in
            Picture(of: post, at: index).flatMap { FeedPicture($0, links) }
        }
        id = FeedID.item(post.id)
        title = Self.title(of: post)
        link = WebLink(post.permalink)?.address ?? pictures.first?.url ?? home
        publishedAt = post.publishedAt
        // A name may have nothing in it that is seen, and Atom wants one.
        author = post.author.flatMap { $0.name.isEmpty ? nil : $0 }
        source = post.id.source
        language = post.language.flatMap { Self.isLanguage($0) ? $0 : nil }
        isSensitive = post.isSensitive
        content = FeedContent(post: post, pictures: pictures, link: link).html
    }

    /// The one that readers download or show large.
    var enclosed: FeedPicture? { pictures.first }

    private static func title(of post: Post) -> String {
        let caption = post.caption.shortened(to: titleLength)
        if !caption.isEmpty { return caption }
        let what = post.picture == nil ? "Video" : "Picture"
        return post.author.map { "\(what) by \($0.name.shortened(to: titleLength))" } ?? what
    }

    private static func isLanguage(_ text: String) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).enumerated()
            .allSatisfy { index, part in
                (1...8).contains(part.count)
                    && part.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                        case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
                        default: false
                        }
                    }
            }
    }
}
