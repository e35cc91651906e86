/// One published item of an upstream service.
public struct Post: Sendable, Hashable, Codable, Identifiable {
    /// What names a post for good: the source that handed it out and the source's own id for it.
    public struct ID: Sendable, Hashable, Codable, CustomStringConvertible {
        /// The name of the source, as ``PostSource/name`` gives it: lower-case ASCII letters,
        /// digits, `.`, `-` and `_`.
        public var source: String
        /// The id that the source gave it, unique within the source.
        public var value: String

        /// - Parameters:
        ///   - source: the name of the source.
        ///   - value: the id that the source gave it.
        public init(source: String, value: String) {
            self.source = source
            self.value = value
        }

        /// `source:value`.
        public var description: String { "\(source):\(value)" }
    }

    /// What names it for good.
    public var id: ID
    /// When it was published, in whole seconds since 1970-01-01T00:00:00Z.
    public var publishedAt: Int64
    /// The page of the post for people, if the source names one.
    public var permalink: String?
    /// Who published it, where the source says so.
    public var author: Author?
    /// What its author wrote, as plain text; empty when there is nothing.
    public var caption: String
    /// Its pictures and videos in the author's order; never empty.
    public var media: [Media]
    /// The language of the caption as a BCP 47 tag, such as `en`, where the source says so.
    public var language: String?
    /// Whether the author or the source marks it as not for everybody's eyes.
    public var isSensitive: Bool
    /// How many people liked it, where the source says so.
    public var likeCount: Int?
    /// How many comments it has, where the source says so.
    public var commentCount: Int?

    /// Creates a post; each parameter is the field of its name.
    public init(
        id: ID, publishedAt: Int64, permalink: String? = nil, author: Author? = nil, caption: String = "",
        media: [Media], language: String? = nil, isSensitive: Bool = false, likeCount: Int? = nil,
        commentCount: Int? = nil
    ) {
        self.id = id
        self.publishedAt = publishedAt
        self.permalink = permalink
        self.author = author
        self.caption = caption
        self.media = media
        self.language = language
        self.isSensitive = isSensitive
        self.likeCount = likeCount
        self.commentCount = commentCount
    }

    /// The first medium that is a picture.
    public var picture: Media? { media.first { $0.kind == .image } }
}

extension Post {
    /// Newest first; two posts of the same second are ordered by id, so that the order is total
    /// and every process that holds the same posts shows them alike.
    public static func newestFirst(_ lhs: Post, _ rhs: Post) -> Bool {
        if lhs.publishedAt != rhs.publishedAt { return lhs.publishedAt > rhs.publishedAt }
        if lhs.id.value.utf8.count != rhs.id.value.utf8.count {
            return lhs.id.value.utf8.count > rhs.id.value.utf8.count
        }
        if lhs.id.value != rhs.id.value { return lhs.id.value > rhs.id.value }
        return lhs.id.source < rhs.id.source
    }
}
