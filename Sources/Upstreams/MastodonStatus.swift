import Posts

/// One status of a Mastodon timeline. Missing values, and values of another type, are `nil`.
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
    /// Whether it is public.
    var isPublic: Bool { visibility == nil || visibility == "public" || visibility == "unlisted" }

    /// A status that is not public, or has no picture or video, is not a post.
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

    /// A content warning precedes the text, as on the service's pages.
    private var caption: String {
        let text = HTMLText.plain(content ?? "")
        guard let spoiler, !spoiler.isEmpty else { return text }
        return text.isEmpty ? spoiler : "\(spoiler)\n\(text)"
    }
}

/// An attachment of a status.
struct MastodonAttachment: Decodable {
    private var type: String?
    private var url: String?
    private var alt: String?
    private var blurhash: String?
    private var size: Size?

    private enum CodingKeys: String, CodingKey {
        case type, url, description, blurhash, meta
        case previewURL = "preview_url"
        case remoteURL = "remote_url"
    }

    private struct Meta: Decodable {
        var size: Size?

        private enum CodingKeys: String, CodingKey { case original, small }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            size = values.lenient(.original) ?? values.lenient(.small)
        }
    }

    private struct Size: Decodable {
        var width: Int
        var height: Int

        private enum CodingKeys: String, CodingKey { case width, height }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            guard let width = values.number(.width), let height = values.number(.height),
                Media.sizes.contains(width), Media.sizes.contains(height)
            else {
                throw DecodingError.dataCorruptedError(
                    forKey: .width, in: values, debugDescription: "no size of a picture")
            }
            self.width = width
            self.height = height
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        type = values.text(.type)
        let preview = values.address(.previewURL)
        // The first is null while the server processes the file. The preview of a video is not a video.
        url = values.address(.url) ?? (type == "image" ? preview : nil) ?? values.address(.remoteURL)
        alt = values.plainText(.description)
        blurhash = values.text(.blurhash)
        size = values.lenient(.meta, as: Meta.self)?.size
    }

    /// The picture or video; `nil` for a sound, an unknown type, or a file without an address.
    var medium: Media? {
        guard let url else { return nil }
        let kind: Media.Kind
        switch type {
        case "image": kind = .image
        case "gifv", "video": kind = .video
        default: return nil
        }
        return Media(
            kind: kind, url: url, width: size?.width, height: size?.height, alt: alt, blurhash: blurhash)
    }
}

/// The author of a status.
struct MastodonAccount: Decodable {
    var author: Author?

    private enum CodingKeys: String, CodingKey {
        case acct, url
        case displayName = "display_name"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let names = [values.plainText(.displayName), values.plainText(.acct)]
        author = names.lazy.compactMap(\.self).map { Author(name: $0, url: values.address(.url)) }
            .first { !$0.name.isEmpty }
    }
}
