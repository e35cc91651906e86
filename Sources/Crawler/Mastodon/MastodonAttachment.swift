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

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            guard let width = values.number(.width), let height = values.number(.height),
                Media.sizes.contains(width), Media.sizes.contains(height)
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
        type = values.text(.type)
        let preview = values.address(.previewURL)
        // The first is null while the server still works on the file. The preview of a video is no video.
        url = values.address(.url) ?? (type == "image" ? preview : nil) ?? values.address(.remoteURL)
        alt = values.plainText(.description)
        blurhash = values.text(.blurhash)
        size = values.lenient(.meta, as: Meta.self)?.size
    }

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
            kind: kind, url: url, width: size?.width, height: size?.height, alt: alt, blurhash: blurhash)
    }
}
