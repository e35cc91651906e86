/// One picture or video of a ``Post``.
public struct Media: Sendable, Hashable {
    /// What a medium is.
    public enum Kind: String, Sendable {
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

    /// The longest description, in Unicode scalars.
    static let longestAlt = 5_000
    /// Far beyond what any camera takes.
    static let sizes = 1...100_000
    /// A BlurHash has 4 + 2 × components characters, and at most 9 × 9 components.
    private static let blurhashLengths = 1...166

    /// Creates a medium within limits: a description is cut, and a size or BlurHash that cannot be one is left out.
    public init(
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
