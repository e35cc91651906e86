import Hummingbird
import Pictures
import Posts

/// The content of a feed in any format.
///
/// It changes only with the posts: it contains no counts, and no addresses of pictures at the sources, whose signatures
/// change often. So equal feeds can share one encoded form.
struct Feed: Sendable, Equatable {
    /// The name of the site.
    let site: String
    let id: String
    let title: String
    let description: String
    /// The page with the same posts.
    let home: String
    /// The address of the feed itself.
    let address: String
    /// The address of the feed with older posts; `nil` if there are none.
    let next: String?
    let icon: String
    /// When the newest selected post was published, in seconds since 1970-01-01T00:00:00Z.
    let updated: Int64?
    /// Newest first.
    let items: [FeedItem]

    /// - Parameters:
    ///   - posts: all selected posts, newest first.
    ///   - site: the name of the site.
    init(_ format: FeedFormat, of query: PostQuery, _ page: PageQuery, posts: [Post], site: String, links: FeedLinks) {
        let path = "\(query.prefix)/\(format.file)"
        let stretch = PostPage(of: posts, page)
        self.site = site
        id = FeedID.feed(query)
        title = ([query.title ?? "Newest pictures"] + query.filter.description).joined(separator: ", ") + " · \(site)"
        description = "The newest posts" + (query.title.map { " under \($0)" } ?? "")
        home = links.absolute(page.firstAddress(query.path))
        address = links.absolute(page.address(path))
        next = stretch.next.map { links.absolute(page.address(path, before: $0)) }
        icon = links.absolute(Favicon.path)
        updated = posts.first?.publishedAt
        let home = home
        items = stretch.posts.map { FeedItem($0, home: home, links: links) }
    }
}

/// The format of a feed.
enum FeedFormat: String, Sendable, CaseIterable {
    /// Atom 1.0 (RFC 4287), with Media RSS.
    case atom
    /// RSS 2.0 (rssboard.org/rss-specification), with Media RSS.
    case rss
    /// JSON Feed 1.1 (jsonfeed.org/version/1.1).
    case json

    /// The last segment of the path.
    var file: String { "feed.\(rawValue)" }

    /// The media type, without parameters.
    var mediaType: String {
        switch self {
        case .atom: "application/atom+xml"
        case .rss: "application/rss+xml"
        case .json: "application/feed+json"
        }
    }

    var contentType: String {
        switch self {
        case .atom, .rss: "\(mediaType); charset=utf-8"
        // JSON is always UTF-8, and its media type has no charset parameter (RFC 8259, section 11).
        case .json: mediaType
        }
    }

    func encode(_ feed: Feed, _ facts: PictureFacts) -> [UInt8] {
        switch self {
        case .atom: Array(AtomFeed(feed: feed, facts: facts).xml.text.utf8)
        case .rss: Array(RSSFeed(feed: feed, facts: facts).xml.text.utf8)
        case .json: JSONFeed(feed: feed, facts: facts).json.encoded
        }
    }
}

/// Creates absolute addresses, which feeds need because clients read them elsewhere.
struct FeedLinks: Sendable {
    let origin: RequestOrigin
    /// Adds the access key if the client sent it in the query.
    let own: OwnLinks

    /// Returns an absolute address of this service.
    ///
    /// - Parameter address: a path, with or without a query.
    func absolute(_ address: String) -> String { own.address(origin.text + address) }
}

/// The ids by which clients recognise feeds and items.
///
/// They depend on the source's id of a post and on the query, never on the host, so that a feed can move to another
/// host.
enum FeedID {
    static func item(_ id: Post.ID) -> String {
        "urn:instacrawler:post:\(id.source.percentEncoded):\(id.value.percentEncoded)"
    }

    static func feed(_ query: PostQuery) -> String {
        let parts = [query.name.percentEncoded] + query.filter.parameters
        return "urn:instacrawler:feed:" + parts.joined(separator: ":")
    }
}

/// One post in a ``Feed``.
struct FeedItem: Sendable, Equatable {
    /// The maximum length of a caption or a name in a title, in characters.
    private static let titleLength = 80

    let id: String
    let title: String
    let link: String
    /// In seconds since 1970-01-01T00:00:00Z.
    let publishedAt: Int64
    let author: Author?
    /// The name of the source.
    let source: String
    /// A language tag (RFC 5646).
    let language: String?
    let isSensitive: Bool
    let content: HTML
    /// The pictures of the post; empty if it has only videos.
    let pictures: [FeedPicture]

    /// - Parameter home: the link of the item if neither the post nor a picture has an address.
    init(_ post: Post, home: String, links: FeedLinks) {
        pictures = post.media.indices.compactMap { index in
            Picture(of: post, at: index).flatMap { FeedPicture($0, links) }
        }
        id = FeedID.item(post.id)
        title = Self.title(of: post)
        link = WebLink(post.permalink)?.address ?? pictures.first?.url ?? home
        publishedAt = post.publishedAt
        // A name without visible characters is empty, and Atom requires a name.
        author = post.author.flatMap { $0.name.isEmpty ? nil : $0 }
        source = post.id.source
        language = post.language.flatMap { Self.isLanguage($0) ? $0 : nil }
        isSensitive = post.isSensitive
        content = FeedContent(post: post, pictures: pictures, link: link).html
    }

    /// The picture that clients download or show large.
    var enclosed: FeedPicture? { pictures.first }

    private static func title(of post: Post) -> String {
        let caption = post.caption.shortened(to: titleLength)
        if !caption.isEmpty { return caption }
        let what = post.picture == nil ? "Video" : "Picture"
        return post.author.map { "\(what) by \($0.name.shortened(to: titleLength))" } ?? what
    }

    private static func isLanguage(_ text: String) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).enumerated()
            .allSatisfy { index, part in
                (1...8).contains(part.count)
                    && part.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                        case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
                        default: false
                        }
                    }
            }
    }
}

/// The HTML of a post in a feed: its pictures, its caption and its author.
struct FeedContent: Sendable {
    let post: Post
    let pictures: [FeedPicture]
    let link: String

    var html: HTML {
        "\(pictures.map(image))\(video)\(caption)<p>\(byline)</p>"
    }

    private func image(_ picture: FeedPicture) -> HTML {
        "<p><a href=\"\(link)\"><img src=\"\(picture.url)\" alt=\"\(picture.description)\"\(size(picture))></a></p>"
    }

    private func size(_ picture: FeedPicture) -> HTML? {
        guard let width = picture.width, let height = picture.height else { return nil }
        return " width=\"\(width)\" height=\"\(height)\""
    }

    /// Links to the post, because videos are not served here and their addresses expire.
    private var video: HTML? {
        guard post.media.contains(where: { $0.kind == .video }) else { return nil }
        return "<p><a href=\"\(link)\">With a video</a></p>"
    }

    private var caption: HTML? {
        guard !post.caption.isEmpty else { return nil }
        let lines = post.caption.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let pieces = lines.enumerated().map { index, line -> HTML in
            index == 0 ? "\(String(line))" : "<br>\(String(line))"
        }
        return "<p dir=\"auto\">\(pieces)</p>"
    }

    private var byline: HTML {
        guard let author = post.author else { return "\(post.id.source)" }
        guard let page = WebLink(author.url) else { return "<bdi>\(author.name)</bdi> · \(post.id.source)" }
        return "<a href=\"\(page.address)\"><bdi>\(author.name)</bdi></a> · \(post.id.source)"
    }
}

/// A picture in a ``FeedItem``, with its permanent address at this service; the address at the source expires.
struct FeedPicture: Sendable, Equatable {
    /// Its path at this service (``Picture/path``).
    let path: String
    let url: String
    let description: String
    let width: Int?
    let height: Int?
    /// The type until the picture is fetched: the one that its address at the source suggests, or else JPEG.
    private let likelyType: ImageType

    /// - Returns: `nil` if it is not a picture.
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

    func type(_ facts: PictureFacts) -> String { (facts[path]?.type ?? likelyType).mediaType }

    /// In bytes; `nil` if unknown.
    func length(_ facts: PictureFacts) -> Int? { facts[path]?.length }
}

extension ImageType {
    /// The type that the file extension in an address suggests; `nil` if there is no known extension.
    init?(addressOf url: String) {
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard let dot = path.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let suffix = String(path[path.index(after: dot)...]).map { $0.lowercased() } ?? ""
        self.init(contentType: "image/\(suffix)")
    }
}

/// `/tags/{tag}/feed.atom`, `feed.rss` and `feed.json`, and the same under `/` for all hashtags.
struct FeedRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        for format in FeedFormat.allCases {
            router.read(RouterPath("/\(format.file)")) { request, _ in
                try await answer(format, of: [], in: site.snapshots.current, request)
            }
            router.read(RouterPath("/tags/:tag/\(format.file)")) { request, context in
                let snapshot = site.snapshots.current
                let hashtags = try site.hashtags(named: try context.parameters.decoded("tag"), in: snapshot.gallery)
                return try await answer(format, of: hashtags, in: snapshot, request)
            }
        }
    }

    /// Returns the cached response, byte for byte, if the feed has not changed. New facts about its pictures are no
    /// reason to download it again.
    private func answer(
        _ format: FeedFormat, of hashtags: [Hashtag], in snapshot: Snapshot, _ request: Request
    ) async throws(Refusal) -> Response {
        let page = try PageQuery(QueryParameters(request.uri.query))
        let query = PostQuery(hashtags, page.filter)
        let links = FeedLinks(origin: RequestOrigin(request), own: site.links(for: request))
        func feed() async -> Feed {
            Feed(
                format, of: query, page, posts: await snapshot.posts(for: query), site: site.configuration.title,
                links: links
            )
        }
        let changed = snapshot.changedAt(hashtags)
        guard page.before == nil else { return encode(await feed(), format, changed).response(to: request) }
        let key = AnswerCache.Key(
            form: format.mediaType, query: query, limit: page.limit, origin: links.absolute("")
        )
        let version = snapshot.gallery.version
        return await site.cache.answer(key, version: version) { known in
            let feed = await feed()
            let representation =
                if let known, known.feed == feed { known.representation } else { encode(feed, format, changed) }
            return .init(version: version, feed: feed, representation: representation)
        }
        .response(to: request)
    }

    private func encode(_ feed: Feed, _ format: FeedFormat, _ changed: Int64) -> Representation {
        Representation(
            body: ByteBuffer(bytes: format.encode(feed, site.facts)), contentType: format.contentType,
            lastModified: feed.updated.map { _ in changed }, cache: .feed
        )
    }
}
