/// One post of the emulated Instagram.
public struct SandboxPost: Sendable, Hashable {
    /// What a post holds.
    public enum Content: Sendable, Hashable {
        /// One picture or video.
        case single(SandboxMedia)
        /// One picture whose address upstream withholds, for copyright.
        case withheld
        /// An album of 2 to 4, of which the first may be a video.
        case album([SandboxMedia])
    }

    /// 17 digits, different from those of every other post of the hashtag.
    public let id: String

    /// The position in the hashtag's history: the next post has the next number.
    public let number: Int

    /// When it was published, in seconds since 1970.
    public let published: Double

    /// The text below the picture: one or several lines, in one of many languages.
    public let caption: String

    /// How many comments there are.
    public let commentsCount: Int

    /// How many people liked it; nil for those who hide that.
    public let likeCount: Int?

    /// The pictures.
    public let content: Content

    /// `https://www.instagram.com/p/` and a code of 11 characters; nothing is there.
    public let permalink: String

    /// ``published`` as upstream writes it, e.g. `2026-11-24T05:46:44+0000`.
    public var timestamp: String { Timestamp.text(published) }

    /// `IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`.
    public var mediaType: String {
        switch content {
        case .single(let medium): medium.kind.rawValue
        case .withheld: SandboxMedia.Kind.image.rawValue
        case .album: "CAROUSEL_ALBUM"
        }
    }

    /// The post's own medium; nil for albums and where the address is withheld.
    public var medium: SandboxMedia? {
        guard case .single(let medium) = content else { return nil }
        return medium
    }

    /// The media of an album; empty for other posts.
    public var children: [SandboxMedia] {
        guard case .album(let children) = content else { return [] }
        return children
    }
}
