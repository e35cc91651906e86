import Crawler

extension Post {
    /// The post as the JSON interface shows it.
    var json: JSON {
        .object([
            "id": .string(id.description),
            "source": .string(id.source),
            "published": .timestamp(publishedAt),
            "url": WebLink(permalink).map { .string($0.address) },
            "author": author.map(\.json),
            "caption": .string(caption),
            "language": language.map(JSON.string),
            "sensitive": .bool(isSensitive),
            "likes": likeCount.map { .integer(Int64($0)) },
            "comments": commentCount.map { .integer(Int64($0)) },
            "media": .array(media.indices.compactMap { Picture(of: self, at: $0)?.json }),
        ])
    }
}

extension Author {
    /// The author as the JSON interface and JSON Feed show it.
    var json: JSON {
        .object(["name": .string(name), "url": WebLink(url).map { .string($0.address) }])
    }
}

extension Picture {
    /// `url` is where the source keeps it, which may expire; `image` is its address here, which does not.
    fileprivate var json: JSON {
        .object([
            "type": .string(media.kind.rawValue),
            "url": .string(media.url),
            "image": media.kind == .image ? .string(path) : nil,
            "width": media.width.map { .integer(Int64($0)) },
            "height": media.height.map { .integer(Int64($0)) },
            "alt": media.alt.map(JSON.string),
            "blurhash": media.blurhash.map(JSON.string),
        ])
    }
}
