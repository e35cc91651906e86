/// One published item of an upstream service.
public struct Post: Sendable, Hashable, Identifiable {
    /// What names a post for good: the source that handed it out and the source's own id for it.
    public struct ID: Sendable, Hashable, CustomStringConvertible {
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

    /// The longest caption, in Unicode scalars. Instagram's own limit is 2,200 characters.
    static let longestCaption = 5_000
    /// The most pictures and videos. Instagram's own limit is 20.
    static let mostMedia = 50

    /// Creates a post within limits, whether it comes from a source or out of a database: what is beyond them is cut,
    /// and what cannot be true is left out. ``checked()`` sees to the rest.
    public init(
        id: ID, publishedAt: Int64, permalink: String? = nil, author: Author? = nil, caption: String = "",
        media: [Media], language: String? = nil, isSensitive: Bool = false, likeCount: Int? = nil,
        commentCount: Int? = nil
    ) {
        self.id = id
        self.publishedAt = Epoch.bounded(publishedAt)
        self.permalink = permalink
        self.author = author.flatMap { $0.name.isEmpty ? nil : $0 }
        self.caption = caption.bounded(scalars: Self.longestCaption, bytes: 4 * Self.longestCaption)
        self.media = Array(media.prefix(Self.mostMedia))
        self.language = language.flatMap { Self.isLanguage($0) ? $0 : nil }
        self.isSensitive = isSensitive
        self.likeCount = likeCount.map { max(0, $0) }
        self.commentCount = commentCount.map { max(0, $0) }
    }

    private static func isLanguage(_ text: String) -> Bool {
        (2...35).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
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
