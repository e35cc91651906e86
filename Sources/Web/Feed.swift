import Hummingbird
import Pictures
import Posts

/// What a feed says, whatever its format.
///
/// There is nothing in it that changes without a post: no counts, and no addresses of the sources' pictures, which are
/// signed anew all the time. Two feeds that are equal need not be told apart.
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
    /// The address of the feed with the posts before these; nil when there are none.
    let next: String?
    let icon: String
    /// When the newest of all posts that fit was published, in seconds since 1970-01-01T00:00:00Z.
    let updated: Int64?
    /// Newest first.
    let items: [FeedItem]

    /// - Parameters:
    ///   - posts: all posts that fit, newest first.
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

/// The formats in which a feed is there.
enum FeedFormat: String, Sendable, CaseIterable {
    /// Atom 1.0 (RFC 4287), with Media RSS.
    case atom
    /// RSS 2.0 (rssboard.org/rss-specification), with Media RSS.
    case rss
    /// JSON Feed 1.1 (jsonfeed.org/version/1.1).
    case json

    /// The last segment of the address.
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
        // JSON is UTF-8, and the type has no such parameter (RFC 8259, section 11).
        case .json: mediaType
        }
    }

    /// The bytes of a feed.
    func encode(_ feed: Feed, _ facts: PictureFacts) -> [UInt8] {
        switch self {
        case .atom: Array(AtomFeed(feed: feed, facts: facts).xml.text.utf8)
        case .rss: Array(RSSFeed(feed: feed, facts: facts).xml.text.utf8)
        case .json: JSONFeed(feed: feed, facts: facts).json.encoded
        }
    }
}

/// The addresses in a feed, which is read far away from here and therefore needs them whole.
struct FeedLinks: Sendable {
    let origin: RequestOrigin
    /// Carry the key on, where the reader came with one.
    let own: OwnLinks

    /// A whole address of this service.
    ///
    /// - Parameter address: a path, with or without a query.
    func absolute(_ address: String) -> String { own.address(origin.text + address) }
}

/// The names of feeds and of their items, which readers know them again by.
///
/// They are made of what the source calls a post and of what is asked for, never of the host that was asked, so that
/// a feed which moves to another host is the same feed.
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
    /// More of a caption than this is not a title.
    private static let titleLength = 80

    let id: String
    let title: String
    let link: String
    /// In seconds since 1970-01-01T00:00:00Z.
    let publishedAt: Int64
    let author: Author?
    /// The name of the source.
    let source: String
    /// A tag of RFC 5646.
    let language: String?
    let isSensitive: Bool
    let content: HTML
    /// The pictures of the post; none when it has only videos.
    let pictures: [FeedPicture]

    /// - Parameter home: where the item leads when nothing else has an address.
    init(_ post: Post, home: String, links: FeedLinks) {
        pictures = post.media.indices.compactMap { index in
            Picture(of: post, at: index).flatMap { FeedPicture($0, links) }
        }
        id = FeedID.item(post.id)
        title = Self.title(of: post)
        link = WebLink(post.permalink)?.address ?? pictures.first?.url ?? home
        publishedAt = post.publishedAt
        // A name may have nothing in it that is seen, and Atom wants one.
        author = post.author.flatMap { $0.name.isEmpty ? nil : $0 }
        source = post.id.source
        language = post.language.flatMap { Self.isLanguage($0) ? $0 : nil }
        isSensitive = post.isSensitive
        content = FeedContent(post: post, pictures: pictures, link: link).html
    }

    /// The one that readers download or show large.
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

/// What a feed reader shows of a post: its pictures, its caption, and who it is from.
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

    /// Videos are not passed on, and their addresses expire.
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

/// `/tags/{tag}/feed.atom`, `feed.rss` and `feed.json`, and the same of all hashtags under `/`.
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

    /// A feed that would say the same as before stays as it was, byte for byte: what was learned of its pictures
    /// meanwhile is no news that a reader should be troubled with.
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
