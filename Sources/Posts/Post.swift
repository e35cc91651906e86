/// One published item of an upstream service.
package struct Post: Sendable, Hashable, Identifiable {
    /// Identifies a post: its source, and the id within the source.
    package struct ID: Sendable, Hashable, CustomStringConvertible {
        /// The name of the source: lower-case ASCII letters, digits, `.`, `-` and `_`.
        package var source: String
        /// The id within the source.
        package var value: String

        package init(source: String, value: String) {
            self.source = source
            self.value = value
        }

        /// `source:value`.
        package var description: String { "\(source):\(value)" }
    }

    package var id: ID
    /// When it was published, in whole seconds since 1970-01-01T00:00:00Z.
    package var publishedAt: Int64
    /// The web page of the post, if the source names one.
    package var permalink: String?
    /// The author, if the source names one.
    package var author: Author?
    /// The author's text, as plain text; empty if there is none.
    package var caption: String
    /// Its pictures and videos in the author's order; never empty.
    package var media: [Media]
    /// The language of the caption as a BCP 47 tag, such as `en`, if the source names it.
    package var language: String?
    /// Whether the author or the source marks it as not for everyone.
    package var isSensitive: Bool
    /// The number of likes, if the source reports it.
    package var likeCount: Int?
    /// The number of comments, if the source reports it.
    package var commentCount: Int?

    /// The longest caption, in Unicode scalars. Instagram's own limit is 2,200 characters.
    static let longestCaption = 5_000
    /// The most pictures and videos. Instagram's own limit is 20.
    static let mostMedia = 50

    /// Creates a post within limits, whether it comes from a source or a database: longer values are cut, and impossible
    /// ones left out. ``checked()`` does the rest.
    package init(
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
    package var picture: Media? { media.first { $0.kind == .image } }
}

extension Post {
    /// Whether a store must write this post.
    ///
    /// - Parameter known: the post that it has under this id.
    package func isNews(comparedTo known: Post?) -> Bool { self != known }

    /// The order of all lists: newest first, and by id within a second, so that the order is total and every process
    /// with the same posts shows the same list.
    package static func newestFirst(_ lhs: Post, _ rhs: Post) -> Bool {
        if lhs.publishedAt != rhs.publishedAt { return lhs.publishedAt > rhs.publishedAt }
        if lhs.id.value.utf8.count != rhs.id.value.utf8.count {
            return lhs.id.value.utf8.count > rhs.id.value.utf8.count
        }
        if lhs.id.value != rhs.id.value { return lhs.id.value > rhs.id.value }
        return lhs.id.source < rhs.id.source
    }
}

extension Sequence<Post> {
    /// The posts in the order of ``Post/newestFirst(_:_:)``.
    package func newestFirst() -> [Post] { sorted(by: Post.newestFirst) }
}

extension Post {
    /// How far ahead of our clock a post may be dated: clocks differ, and some services take the time from cameras.
    private static let tolerance: Int64 = 3_600

    /// Whether the post is dated ahead by more than the tolerance. It would stay the newest until that time, so it is
    /// left out until then.
    package func isFromTheFuture(at now: Int64) -> Bool { publishedAt > now + Self.tolerance }
}

/// One picture or video of a ``Post``.
package struct Media: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case image
        case video
    }

    package var kind: Kind
    /// The address that the source named, `http` or `https`. It may expire; the next crawl refreshes it.
    package var url: String
    /// Another address of the same medium, used if the first one fails.
    package var fallbackURL: String?
    /// The width in pixels, if the source reports it.
    package var width: Int?
    /// The height in pixels, if the source reports it.
    package var height: Int?
    /// A description of the picture for people who cannot see it.
    package var alt: String?
    /// A [BlurHash](https://blurha.sh) of the picture, if the source sends one.
    package var blurhash: String?

    /// The longest description, in Unicode scalars.
    static let longestAlt = 5_000
    /// The allowed width and height; far more than any camera produces.
    package static let sizes = 1...100_000
    /// A BlurHash has 4 + 2 × components characters, and at most 9 × 9 components.
    private static let blurhashLengths = 1...166

    /// Creates a medium within limits: a long description is cut, and an impossible size or BlurHash left out.
    package init(
        kind: Kind, url: String, fallbackURL: String? = nil, width: Int? = nil, height: Int? = nil,
        alt: String? = nil, blurhash: String? = nil
    ) {
        self.kind = kind
        self.url = url
        self.fallbackURL = fallbackURL
        self.width = width.flatMap { Self.sizes.contains($0) ? $0 : nil }
        self.height = height.flatMap { Self.sizes.contains($0) ? $0 : nil }
        let alt = alt?.bounded(scalars: Self.longestAlt, bytes: 4 * Self.longestAlt)
        self.alt = alt.flatMap { $0.isBlank ? nil : $0 }
        self.blurhash = blurhash.flatMap { text in
            Self.blurhashLengths.contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
                ? text : nil
        }
    }
}

/// The author of a ``Post``.
package struct Author: Sendable, Hashable {
    /// The displayed name; never empty.
    package var name: String
    /// The web page of the author, `http` or `https`, if the source names one.
    package var url: String?

    /// The longest name, in Unicode scalars.
    static let longestName = 200

    /// Creates an author. A long name is cut, and put on one line.
    package init(name: String, url: String? = nil) {
        self.name = name.bounded(scalars: Self.longestName, bytes: 4 * Self.longestName).onOneLine
        self.url = url
    }
}
