/// One status of a Mastodon timeline, as far as it matters here. What is absent or of another type is nil.
struct MastodonStatus: Decodable {
    var id: String?
    var createdAt: String?
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
        id = values.text(.id)
        createdAt = values.lenient(.createdAt)
        permalink = WebAddress.checked(values.lenient(.url)) ?? WebAddress.checked(values.lenient(.uri))
        content = values.lenient(.content)
        isSensitive = values.lenient(.sensitive) ?? false
        spoiler = values.lenient(.spoiler)
        visibility = values.lenient(.visibility)
        language = values.lenient(.language)
        likeCount = values.number(.likeCount).flatMap { $0 < 0 ? nil : $0 }
        commentCount = values.number(.commentCount).flatMap { $0 < 0 ? nil : $0 }
        account = values.lenient(.account)
        attachments = values.lenient(.attachments, as: [Lossy<MastodonAttachment>].self)?.compactMap(\.value) ?? []
    }
}

extension MastodonStatus {
    private static let longestID = 100
    private static let longestCaption = 5_000
    private static let mostMedia = 50

    /// Whether everybody may see it.
    var isPublic: Bool { visibility == nil || visibility == "public" || visibility == "unlisted" }

    /// Whether it lacks what a post must have: an id and a time.
    var isDefective: Bool { id.map { $0.isEmpty || $0.utf8.count > Self.longestID } ?? true || publishedAt == nil }

    private var publishedAt: Int64? { createdAt.flatMap(ISO8601.seconds) }

    /// The post that the status stands for, as the source of this name hands it out.
    ///
    /// - Returns: nil when it is defective, or shows nothing that can be seen.
    func post(source: String) -> Post? {
        guard !isDefective, let id, let publishedAt else { return nil }
        let media = attachments.prefix(Self.mostMedia).compactMap(\.medium)
        guard !media.isEmpty else { return nil }
        return Post(
            id: Post.ID(source: source, value: id), publishedAt: publishedAt, permalink: permalink,
            author: account?.author, caption: String(caption.prefix(Self.longestCaption)), media: media,
            language: language.flatMap { (2...35).contains($0.utf8.count) ? $0 : nil }, isSensitive: isSensitive,
            likeCount: likeCount, commentCount: commentCount)
    }

    /// What the author warns of stands before the text, as it does on the service's own pages.
    private var caption: String {
        let text = HTMLText.plain(content ?? "")
        guard let spoiler, !spoiler.isEmpty else { return text }
        return text.isEmpty ? spoiler : "\(spoiler)\n\(text)"
    }
}
