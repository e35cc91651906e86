/// One item of a list of media of the Graph API, or one child of an album.
struct GraphMedia: Decodable {
    var id: String?
    var type: String?
    var url: String?
    var permalink: String?
    var caption: String?
    var timestamp: String?
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
        id = values.text(.id)
        type = values.lenient(.type)
        url = WebAddress.checked(values.lenient(.url))
        permalink = WebAddress.checked(values.lenient(.permalink))
        caption = values.lenient(.caption)
        timestamp = values.lenient(.timestamp)
        likeCount = values.number(.likeCount).flatMap { $0 < 0 ? nil : $0 }
        commentCount = values.number(.commentCount).flatMap { $0 < 0 ? nil : $0 }
        children = values.lenient(.children, as: GraphList<GraphMedia>.self)?.items ?? []
    }
}

extension GraphMedia {
    /// Instagram's own limits are 2,200 characters and 20 children; what is far beyond is a defect.
    private static let longestCaption = 5_000
    private static let mostChildren = 50
    private static let longestID = 100

    /// The post that the item stands for, as the source of this name hands it out.
    ///
    /// - Returns: nil when it lacks what a post must have: an id, a time, something to see.
    func post(source: String) -> Post? {
        guard
            let id, !id.isEmpty, id.utf8.count <= Self.longestID,
            let publishedAt = timestamp.flatMap(ISO8601.seconds)
        else { return nil }
        let media = media
        guard !media.isEmpty else { return nil }
        return Post(
            id: Post.ID(source: source, value: id),
            publishedAt: publishedAt,
            permalink: permalink,
            caption: String((caption ?? "").prefix(Self.longestCaption)),
            media: media,
            likeCount: likeCount,
            commentCount: commentCount
        )
    }

    /// An album is its children. What else has no address of its own (albums never have one, and
    /// what copyright claims took away) shows those of its children that have.
    private var media: [Media] {
        let children = children.prefix(Self.mostChildren).compactMap(\.medium)
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
