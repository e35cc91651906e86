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

    /// Path and query on the sandbox, e.g. `/media/17900000012345678.png?stp=dst-png_s640&_nc_cat=104&oe=6924AB12`.
    ///
    /// The query serves no purpose but to look like the real one: with `&`, which a client has to escape in HTML.
    public let path: String

    /// A medium of a post that was published at `time`.
    init(id: MediaID, kind: Kind, time: Double) {
        self.id = id.description
        self.kind = kind
        let type = kind == .image ? "png" : "mp4"
        let size = PictureFrame(of: id)
        var dice = Dice(seed: id.description, position: 1)
        // Upstream's addresses expire after some days; this one says so, and lives on.
        let expiry = String(UInt64(max(0, time)) + 4 * 86_400, radix: 16, uppercase: true)
        path =
            "/media/\(id).\(type)?stp=dst-\(type)_s\(size.width)x\(size.height)"
            + "&_nc_cat=\(100 + dice.below(12))&_nc_sid=\(String(dice.next() >> 40, radix: 16))&oe=\(expiry)"
    }
}
