/// One picture or video of a ``Post``.
public struct Media: Sendable, Hashable, Codable {
    /// What a medium is.
    public enum Kind: String, Sendable, Codable {
        case image
        case video
    }

    /// What it is.
    public var kind: Kind
    /// The address the source handed out, `http` or `https`. It may expire; the next crawl
    /// refreshes it.
    public var url: String
    /// Another address of the same, for when the first leads nowhere.
    public var fallbackURL: String?
    /// The width in pixels, where the source says so.
    public var width: Int?
    /// The height in pixels, where the source says so.
    public var height: Int?
    /// A description of the picture for people who cannot see it.
    public var alt: String?
    /// A [BlurHash](https://blurha.sh) of the picture, where the source says so.
    public var blurhash: String?

    /// Creates a medium; each parameter is the field of its name.
    public init(
        kind: Kind, url: String, fallbackURL: String? = nil, width: Int? = nil, height: Int? = nil,
        alt: String? = nil, blurhash: String? = nil
    ) {
        self.kind = kind
        self.url = url
        self.fallbackURL = fallbackURL
        self.width = width
        self.height = height
        self.alt = alt
        self.blurhash = blurhash
    }
}
