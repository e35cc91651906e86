import Hummingbird

/// The route of pictures and videos, in the manner of Instagram's CDN.
struct MediaRoutes: Sendable {
    /// The whole of every video: an MP4 file's first box, `ftyp`, of brand `mp42`.
    static let video = ByteBuffer(
        bytes: [0, 0, 0, 24] + Array("ftypmp42".utf8) + [0, 0, 0, 0] + Array("mp42isom".utf8)
    )

    /// How long a picture waits before its first byte.
    let delay: Duration
    let now: @Sendable () -> Double

    private let cache = PictureCache()

    init(delay: Duration, now: @escaping @Sendable () -> Double) {
        self.delay = delay
        self.now = now
    }

    /// Adds the route.
    func add(to router: Router<BasicRequestContext>) {
        router.get("media/:file") { request, context in
            let file = context.parameters.get("file") ?? ""
            guard let (id, type) = Self.medium(file) else { return SandboxRouter.notFound("/media/\(file)") }
            if let end = request.uri.queryParameters.get("oe"), !isValid(until: end) {
                return Response(
                    status: .forbidden, headers: [.contentType: "text/plain"],
                    body: .init(byteBuffer: ByteBuffer(string: "URL signature expired")))
            }
            guard type == "png" else { return Self.response(Self.video, type: "video/mp4") }
            if delay > .zero { try await Task.sleep(for: delay) }
            return Self.response(try cache.picture(of: id.description), type: "image/png")
        }
    }

    /// Whether an address lasts, by its parameter `oe`: a time in seconds since 1970, in hexadecimal digits.
    private func isValid(until end: String) -> Bool {
        UInt64(end, radix: 16).map { now() < Double($0) } ?? false
    }

    /// The id and the type of a file: `ID.png`, `ID.mp4`, and in Flickr's manner `ID_m.png` and `ID_b.png`.
    private static func medium(_ file: String) -> (MediaID, Substring)? {
        let parts = file.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, ["png", "mp4"].contains(parts[1]) else { return nil }
        let names = parts[0].split(separator: "_", omittingEmptySubsequences: false)
        guard names.count <= 2, let id = MediaID(names[0]) else { return nil }
        guard names.count == 2 else { return (id, parts[1]) }
        guard parts[1] == "png", names[1] == "m" || names[1] == "b" && hasLargeSize(id) else { return nil }
        return (id, parts[1])
    }

    /// One picture in five is too small to have a large size.
    private static func hasLargeSize(_ id: MediaID) -> Bool {
        var dice = Dice(seed: id.description, position: 7)
        return !dice.once(in: 5)
    }

    private static func response(_ body: ByteBuffer, type: String) -> Response {
        let headers: HTTPFields = [
            .contentType: type,
            .cacheControl: "max-age=1209600, no-transform",
            // What keeps pages of other sites from showing the picture.
            .crossOriginResourcePolicy: "same-origin",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
    }
}

/// The lists of a hashtag's posts. The raw values are the paths' last parts.
enum MediaEdge: String, Sendable, CaseIterable {
    case recent = "recent_media"
    case top = "top_media"

    /// What the list's cursors start with: one of another list is refused.
    var cursorPrefix: String {
        switch self {
        case .recent: "QVFIUr"
        case .top: "QVFIUt"
        }
    }

    /// The posts of a page.
    func posts(
        of hashtag: SandboxHashtag,
        in world: SandboxWorld,
        at time: Double,
        after cursor: Cursor?,
        limit: Int
    ) -> [SandboxPost] {
        switch self {
        case .recent: world.recent(hashtag, at: time, after: cursor?.number, limit: limit)
        case .top: world.top(hashtag, at: time, after: cursor?.number, limit: limit)
        }
    }
}

/// A post as the Graph API shows it.
struct MediaNode: Sendable {
    let post: SandboxPost

    /// The origin of the sandbox, as the client wrote it: addresses start with it.
    let origin: String

    /// When it is shown, in seconds since 1970, and how long the addresses of its pictures last.
    let time: Double
    let lifetime: Duration

    /// The fields that were asked for, of those that the post has: absent ones are left out.
    func json(_ selection: FieldSelection) -> JSONValue {
        // Upstream adds the id whether or not it was asked for.
        let hasID = selection.fields.contains { $0.name == "id" }
        let asked = hasID ? selection.fields : selection.fields + [.init(name: "id")]
        return .object(
            asked.compactMap { field in value(of: field).map { JSONValue.Member(key: field.name, value: $0) } }
        )
    }

    private func value(of field: FieldSelection.Field) -> JSONValue? {
        switch field.name {
        case "id": .string(post.id)
        case "caption": .string(post.caption)
        case "children": children(field.fields)
        case "comments_count": .number(post.commentsCount)
        case "like_count": post.likeCount.map { .number($0) }
        case "media_type": .string(post.mediaType)
        case "media_url": post.medium.map { .string(address(of: $0)) }
        case "permalink": .string(post.permalink)
        case "timestamp": .string(post.timestamp)
        default: nil
        }
    }

    private func children(_ fields: [FieldSelection.Field]) -> JSONValue? {
        guard !post.children.isEmpty else { return nil }
        let asked = fields.map(\.name).filter { $0 != "id" } + ["id"]
        let children = post.children.map { child in
            JSONValue.object(
                asked.compactMap { name in value(of: name, in: child).map { JSONValue.Member(key: name, value: $0) } }
            )
        }
        return .object(["data": .array(children)])
    }

    private func value(of name: String, in child: SandboxMedia) -> JSONValue? {
        switch name {
        case "id": .string(child.id)
        case "media_type": .string(child.kind.rawValue)
        case "media_url": .string(address(of: child))
        case "permalink": .string(PostMaker.permalink(code: child.id))
        default: nil
        }
    }

    private func address(of medium: SandboxMedia) -> String { origin + medium.path(at: time, lifetime: lifetime) }
}

/// The parameter `fields`: names separated by commas, of which some have fields of their own in braces, as in
/// `id,children{id,media_url}`.
struct FieldSelection: Sendable, Equatable {
    /// One name and what stands in its braces.
    struct Field: Sendable, Equatable {
        let name: String
        var fields: [Field] = []
    }

    /// In the order of the parameter; `id` comes with every answer, asked for or not.
    let fields: [Field]

    /// The fields of a post.
    static let media = [
        "id", "caption", "children", "comments_count", "like_count", "media_type", "media_url", "permalink",
        "timestamp",
    ]

    /// The fields of an album's child.
    static let child = ["id", "media_type", "media_url", "permalink"]

    /// Reads the parameter; nil or an empty text select `id` alone.
    ///
    /// - Throws: ``GraphError/unknownField(_:node:)`` for a name that posts or children do not have,
    ///   ``GraphError/invalidParameter(name:allowed:)`` when the braces do not match.
    init(_ text: String?) throws(GraphError) {
        var rest = (text ?? "")[...]
        let parsed = try Self.parse(&rest)
        guard rest.isEmpty else { throw Self.malformed }
        for field in parsed {
            guard Self.media.contains(field.name) else { throw .unknownField(field.name, node: "Media") }
            // Braces belong to an edge, and posts have no other.
            guard field.fields.isEmpty || field.name == "children" else { throw Self.malformed }
            for inner in field.fields {
                guard Self.child.contains(inner.name) else { throw .unknownField(inner.name, node: "Media") }
                guard inner.fields.isEmpty else { throw Self.malformed }
            }
        }
        fields = parsed
    }

    private static let malformed = GraphError.invalidParameter(name: "fields", allowed: "a list of names")

    private static func parse(_ rest: inout Substring) throws(GraphError) -> [Field] {
        var fields: [Field] = []
        while let first = rest.first, first != "}" {
            let name = rest.prefix { $0 != "," && $0 != "{" && $0 != "}" }
            guard !name.isEmpty else { throw malformed }
            rest.removeFirst(name.count)
            var field = Field(name: String(name))
            if rest.first == "{" {
                rest.removeFirst()
                field.fields = try parse(&rest)
                guard rest.first == "}", !field.fields.isEmpty else { throw malformed }
                rest.removeFirst()
            }
            fields.append(field)
            guard rest.first == "," else { break }
            rest.removeFirst()
        }
        return fields
    }
}
