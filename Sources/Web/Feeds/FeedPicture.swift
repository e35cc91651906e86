import Crawler

/// A picture in a ``FeedItem``: its address here, which stays, while that of the source expires.
struct FeedPicture: Sendable, Equatable {
    /// What it is known by here (``Picture/path``).
    let path: String
    let url: String
    let description: String
    let width: Int?
    let height: Int?
    /// What it is while nobody has fetched it: what the source's address says, else the commonest.
    private let likelyType: ImageType

    /// - Returns: nil when it is no picture.
    init?(_ picture: Picture, _ links: FeedLinks) {
        guard picture.media.kind == .image else { return nil }
        path = picture.path
        url = links.absolute(picture.path)
        description = PictureDescription(picture).text
        let hasSize = (picture.media.width ?? 0) > 0 && (picture.media.height ?? 0) > 0
        width = hasSize ? picture.media.width : nil
        height = hasSize ? picture.media.height : nil
        likelyType = ImageType(addressOf: picture.media.url) ?? .jpeg
    }

    /// Its media type.
    func type(_ facts: PictureFacts) -> String { (facts[path]?.type ?? likelyType).mediaType }

    /// Its length in bytes; nil when it is not known.
    func length(_ facts: PictureFacts) -> Int? { facts[path]?.length }
}

extension ImageType {
    /// What the name of the file in an address says; nil when it says nothing.
    init?(addressOf url: String) {
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard let dot = path.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let suffix = String(path[path.index(after: dot)...]).map { $0.lowercased() } ?? ""
        self.init(contentType: "image/\(suffix)")
    }
}
