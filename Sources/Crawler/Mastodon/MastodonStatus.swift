/// One status of a Mastodon timeline, as far as it matters here. What is absent or of another type is nil.
struct MastodonStatus: PostItem {
    var id: String?
    var publishedAt: Int64?
    var permalink: String?
    var content: String?
    var isSensitive: Bool
    var spoiler: String?
    var visibility: String?
    var language: String?
    var likeCount: Int?
    var commentCount: Int?
    var account: MastodonAccount?
    var attachments: [MastodonAttachment]

    private enum CodingKeys: String, CodingKey {
        case id, url, uri, content, sensitive, visibility, language, account
        case createdAt = "created_at"
        case spoiler = "spoiler_text"
        case likeCount = "favourites_count"
        case commentCount = "replies_count"
        case attachments = "media_attachments"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = values.id(.id)
        publishedAt = values.time(.createdAt)
        permalink = values.address(.url) ?? values.address(.uri)
        content = values.text(.content)
        isSensitive = values.lenient(.sensitive) ?? false
        spoiler = values.plainText(.spoiler)
        visibility = values.text(.visibility)
        language = values.text(.language)
        likeCount = values.count(.likeCount)
        commentCount = values.count(.commentCount)
        account = values.lenient(.account)
        attachments = values.lenient(.attachments, as: LossyList<MastodonAttachment>.self)?.items ?? []
    }
}

extension MastodonStatus {
    /// Whether everybody may see it.
    var isPublic: Bool { visibility == nil || visibility == "public" || visibility == "unlisted" }

    /// What others may not see, and what shows nothing that can be seen, is no post.
    func make(source: String) throws(PostDefect) -> Post? {
        guard isPublic else { return nil }
        guard let id, !id.isEmpty else { throw .noID }
        guard let publishedAt else { throw .noTime }
        let media = attachments.compactMap(\.medium)
        guard !media.isEmpty else { return nil }
        return Post(
            id: Post.ID(source: source, value: id), publishedAt: publishedAt, permalink: permalink,
            author: account?.author, caption: caption, media: media, language: language, isSensitive: isSensitive,
            likeCount: likeCount, commentCount: commentCount)
    }

    /// What the author warns of stands before the text, as it does on the service's own pages.
    private var caption: String {
        let text = HTMLText.plain(content ?? "")
        guard let spoiler, !spoiler.isEmpty else { return text }
        return text.isEmpty ? spoiler : "\(spoiler)\n\(text)"
    }
}
