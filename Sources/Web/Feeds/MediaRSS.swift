/// The elements of Media RSS (rssboard.org/media-rss), for readers that show pictures by them.
struct MediaRSS: Sendable {
    /// The name space that the prefix `media` stands for.
    static let namespace: XML = "http://search.yahoo.com/mrss/"

    let item: FeedItem
    let facts: PictureFacts

    var xml: XML {
        guard !item.pictures.isEmpty else { return "" }
        let rating: XML = item.isSensitive ? "adult" : "nonadult"
        return "\(item.pictures.map(content))<media:rating scheme=\"urn:simple\">\(rating)</media:rating>\n"
    }

    private func content(_ picture: FeedPicture) -> XML {
        let size = size(picture)
        let length: XML? = picture.length(facts).map { " fileSize=\"\($0)\"" }
        return """
            <media:content url="\(picture.url)" type="\(picture.type(facts))" medium="image"\(length)\(size)>
            <media:description type="plain">\(picture.description)</media:description>
            <media:thumbnail url="\(picture.url)"\(size)/>
            </media:content>

            """
    }

    private func size(_ picture: FeedPicture) -> XML? {
        guard let width = picture.width, let height = picture.height else { return nil }
        return " width=\"\(width)\" height=\"\(height)\""
    }
}
