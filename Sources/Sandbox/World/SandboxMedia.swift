/// A picture or a video of a post, and where the sandbox serves it.
public struct SandboxMedia: Sendable, Hashable {
    /// What a medium is.
    public enum Kind: String, Sendable {
        /// A PNG picture.
        case image = "IMAGE"
        /// A video, of which the sandbox serves no more than the first box of an MP4 file.
        case video = "VIDEO"
    }

    /// 17 digits: the post's own id, or that of the album's child.
    public let id: String

    /// Picture or video.
    public let kind: Kind

    /// When its post was published, in seconds since 1970.
    private let published: Double

    /// The query without the end of the address.
    private let query: String

    /// A medium of a post that was published at `time`.
    init(id: MediaID, kind: Kind, time: Double) {
        self.id = id.description
        self.kind = kind
        published = time
        let type = Self.type(of: kind)
        let size = PictureFrame(of: id)
        var dice = Dice(seed: id.description, position: 1)
        query =
            "stp=dst-\(type)_s\(size.width)x\(size.height)"
            + "&_nc_cat=\(100 + dice.below(12))&_nc_sid=\(String(dice.next() >> 40, radix: 16))"
    }

    /// The path that lasts, e.g. `/media/17900000012345678.png`.
    public var plainPath: String { "/media/\(id).\(Self.type(of: kind))" }

    /// The path of another size of a picture, as Flickr names them: `m` is small, `b` is large.
    func path(ofSize size: Character) -> String { "/media/\(id)_\(size).\(Self.type(of: kind))" }

    /// Path and query as Instagram's CDN has them, e.g.
    /// `/media/17900000012345678.png?stp=dst-png_s640&_nc_cat=104&_nc_sid=1f2e&oe=6924AB12`, with `&`, which a client has
    /// to escape in HTML.
    ///
    /// The address ends at the time in `oe`, and others are handed out before it does: one lasts for half of the lifetime
    /// at least, and for all of it at most.
    ///
    /// - Parameters:
    ///   - time: when it is handed out, in seconds since 1970.
    ///   - lifetime: how long it lasts at most.
    public func path(at time: Double, lifetime: Duration) -> String {
        let half = max(0.5, lifetime / .seconds(2))
        let age = time.isFinite ? max(0, time - published) : 0
        let end = published + ((age / half).rounded(.down) + 2) * half
        let expiry = String(UInt64(min(max(0, end), 1e15)), radix: 16, uppercase: true)
        return "\(plainPath)?\(query)&oe=\(expiry)"
    }

    private static func type(of kind: Kind) -> String { kind == .image ? "png" : "mp4" }
}
