/// A file that belongs to a status.
struct MastodonAttachment: Decodable {
    private var type: String?
    private var url: String?
    private var alt: String?
    private var blurhash: String?
    private var size: Size?

    private enum CodingKeys: String, CodingKey {
        case type, url, description, blurhash, meta
        case previewURL = "preview_url"
        case remoteURL = "remote_url"
    }

    private struct Meta: Decodable {
        var size: Size?

        private enum CodingKeys: String, CodingKey { case original, small }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            size = values.lenient(.original) ?? values.lenient(.small)
        }
    }

    private struct Size: Decodable {
        var width: Int
        var height: Int

        private enum CodingKeys: String, CodingKey { case width, height }

        /// Far beyond what any camera takes.
        private static let largest = 100_000

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            guard let width = values.number(.width), let height = values.number(.height),
                (1...Self.largest).contains(width), (1...Self.largest).contains(height)
            else {
                throw DecodingError.dataCorruptedError(
                    forKey: .width, in: values, debugDescription: "no size of a picture")
            }
            self.width = width
            self.height = height
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        type = values.lenient(.type)
        let preview: String? = values.lenient(.previewURL)
        // The first is null while the server still works on the file. The preview of a video is no video.
        let addresses: [String?] = [values.lenient(.url), type == "image" ? preview : nil, values.lenient(.remoteURL)]
        url = addresses.lazy.compactMap { WebAddress.checked($0) }.first
        alt = values.lenient(.description)
        blurhash = values.lenient(.blurhash)
        size = values.lenient(.meta, as: Meta.self)?.size
    }

    private static let longestAlt = 5_000
    /// A BlurHash has 4 + 2 × components characters, and at most 9 × 9 components.
    private static let blurhashLengths = 6...166

    /// The picture or video; nil for a sound, for what the server does not know, and for what has no address.
    var medium: Media? {
        guard let url else { return nil }
        let kind: Media.Kind
        switch type {
        case "image": kind = .image
        case "gifv", "video": kind = .video
        default: return nil
        }
        return Media(
            kind: kind, url: url, width: size?.width, height: size?.height,
            alt: alt.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : String($0.prefix(Self.longestAlt)) },
            blurhash: blurhash.flatMap { text in
                Self.blurhashLengths.contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
                    ? text : nil
            })
    }
}
