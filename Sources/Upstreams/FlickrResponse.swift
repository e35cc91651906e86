import FoundationEssentials
import Posts

/// The response of the feed.
struct FlickrResponse: Decodable {
    var items: LossyList<FlickrItem>
}

/// One photo of the feed. Missing values, and values of another type, are `nil`.
struct FlickrItem: PostItem {
    private var title: String?
    private var link: String?
    private var picture: String?
    private var published: Int64?
    private var author: String?

    private enum CodingKeys: String, CodingKey { case title, link, media, published, author }

    private struct Addresses: Decodable {
        var small: String?

        private enum CodingKeys: String, CodingKey { case m }

        init(from decoder: any Decoder) throws {
            small = try decoder.container(keyedBy: CodingKeys.self).address(.m)
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        title = values.text(.title)?.withoutUnicodeEscapes
        link = values.address(.link)
        picture = values.lenient(.media, as: Addresses.self)?.small
        published = values.time(.published)
        author = values.text(.author)?.withoutUnicodeEscapes
    }

    func make(source: String) throws(PostDefect) -> Post? {
        guard let link, let id = Self.id(in: link) else { throw .noID }
        guard let published else { throw .noTime }
        guard let picture else { throw .noMedia }
        let (large, small) = Self.sizes(of: picture)
        return Post(
            id: Post.ID(source: source, value: id), publishedAt: published, permalink: link,
            author: author.flatMap(Self.name).map { Author(name: $0) }, caption: HTMLText.plain(title ?? ""),
            media: [Media(kind: .image, url: large, fallbackURL: small)])
    }

    /// The number in `https://www.flickr.com/photos/somebody/51234567890/`.
    private static func id(in link: String) -> String? {
        link.split(separator: "/").reversed().lazy.map(String.init)
            .first { $0.utf8.count <= 30 && !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    /// The feed names a small picture, `…_m.jpg`. The large one, `…_b.jpg`, is undocumented and missing for small
    /// originals, so the small one is the fallback.
    private static func sizes(of picture: String) -> (large: String, small: String?) {
        guard let place = picture.ranges(of: "_m.").last else { return (picture, nil) }
        return (picture.replacingCharacters(in: place, with: "_b."), picture)
    }

    /// The name in `nobody@flickr.com ("somebody")`.
    private static func name(_ author: String) -> String? {
        let bytes = author.utf8
        guard let start = author.firstRange(of: "(\"")?.upperBound, let end = bytes.lastIndex(of: UInt8(ascii: "\"")),
            start < end
        else { return nil }
        let name = HTMLText.unescaped(String(author[start..<end]))
        return name.isBlank ? nil : name
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }

    /// The text with each `\uXXXX` decoded: the feed escapes some names twice.
    fileprivate var withoutUnicodeEscapes: String {
        guard contains("\\u") else { return self }
        var units: [UInt16] = []
        var rest = Array(utf16)[...]
        while let unit = rest.first {
            let escape = rest.prefix(6)
            if escape.starts(with: "\\u".utf16),
                let number = UInt32(hexadecimal: escape.dropFirst(2).map { UInt8(clamping: $0) }, count: 4)
            {
                units.append(UInt16(truncatingIfNeeded: number))
                rest = rest.dropFirst(6)
            } else {
                units.append(unit)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
