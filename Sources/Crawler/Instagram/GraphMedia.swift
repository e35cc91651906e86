/// One item of a list of media of the Graph API, or one child of an album.
struct GraphMedia: PostItem {
    var id: String?
    var type: String?
    var url: String?
    var permalink: String?
    var caption: String?
    var publishedAt: Int64?
    var likeCount: Int?
    var commentCount: Int?
    var children: [GraphMedia]

    private enum CodingKeys: String, CodingKey {
        case id
        case type = "media_type"
        case url = "media_url"
        case permalink
        case caption
        case timestamp
        case likeCount = "like_count"
        case commentCount = "comments_count"
        case children
    }

    /// The fields to ask for.
    static let fields = """
        id,caption,children{id,media_type,media_url,permalink},comments_count,like_count,media_type,media_url,\
        permalink,timestamp
        """

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = values.id(.id)
        type = values.text(.type)
        url = values.address(.url)
        permalink = values.address(.permalink)
        caption = values.plainText(.caption)
        publishedAt = values.time(.timestamp)
        likeCount = values.count(.likeCount)
        commentCount = values.count(.commentCount)
        children = values.lenient(.children, as: GraphList<GraphMedia>.self)?.list.items ?? []
    }
}

extension GraphMedia {
    func make(source: String) throws(PostDefect) -> Post? {
        guard let id, !id.isEmpty else { throw .noID }
        guard let publishedAt else { throw .noTime }
        let media = media
        guard !media.isEmpty else { throw .noMedia }
        return Post(
            id: Post.ID(source: source, value: id), publishedAt: publishedAt, permalink: permalink,
            caption: caption ?? "", media: media, likeCount: likeCount, commentCount: commentCount)
    }

    /// An album is its children. What else has no address of its own (albums never have one, and
    /// what copyright claims took away) shows those of its children that have.
    private var media: [Media] {
        let children = children.compactMap(\.medium)
        if type == "CAROUSEL_ALBUM", !children.isEmpty { return children }
        return medium.map { [$0] } ?? children
    }

    private var medium: Media? {
        guard let url else { return nil }
        return switch type {
        case "IMAGE", "CAROUSEL_ALBUM": Media(kind: .image, url: url)
        case "VIDEO": Media(kind: .video, url: url)
        default: nil
        }
    }
}
