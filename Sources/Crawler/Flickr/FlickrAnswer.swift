/// What the feed says.
struct FlickrAnswer: Decodable {
    var items: [Lossy<FlickrItem>]
}

/// One photo of the feed. What is absent or of another type is nil.
struct FlickrItem: Decodable {
    private var title: String?
    private var link: String?
    private var picture: String?
    private var published: String?
    private var author: String?

    private enum CodingKeys: String, CodingKey { case title, link, media, published, author }

    private struct Addresses: Decodable { var m: String? }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        title = values.lenient(.title)
        link = WebAddress.checked(values.lenient(.link))
        picture = WebAddress.checked(values.lenient(.media, as: Addresses.self)?.m)
        published = values.lenient(.published)
        author = values.lenient(.author)
    }

    private static let longestTitle = 1_000

    /// The post that the photo stands for; nil when it has no id, time or picture.
    func post(source: String) -> Post? {
        guard let link, let id = Self.id(in: link), let picture, let time = published.flatMap(ISO8601.seconds)
        else { return nil }
        let (large, small) = Self.sizes(of: picture)
        return Post(
            id: Post.ID(source: source, value: id), publishedAt: time, permalink: link,
            author: author.flatMap(Self.name).map { Author(name: $0) },
            caption: String(HTMLText.plain(title ?? "").prefix(Self.longestTitle)),
            media: [Media(kind: .image, url: large, fallbackURL: small)])
    }

    /// The number in `https://www.flickr.com/photos/somebody/51234567890/`.
    private static func id(in link: String) -> String? {
        link.split(separator: "/").reversed().lazy.map(String.init)
            .first { $0.utf8.count <= 30 && !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    /// The feed hands out a small picture, `…_m.jpg`. The large one is `…_b.jpg`, which the service does not document
    /// and does not have of small originals: so the one that it named stays as the other choice.
    private static func sizes(of picture: String) -> (large: String, small: String?) {
        guard let place = picture.ranges(of: "_m.").last else { return (picture, nil) }
        return (picture.replacingCharacters(in: place, with: "_b."), picture)
    }

    /// The name in `nobody@flickr.com ("somebody")`.
    private static func name(_ author: String) -> String? {
        guard let start = author.firstRange(of: "(\"")?.upperBound,
            let end = author.lastIndex(of: "\""), start < end
        else { return nil }
        let name = author[start..<end].prefix(200)
        return name.allSatisfy(\.isWhitespace) ? nil : String(name)
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
