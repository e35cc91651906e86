import Hummingbird

/// Flickr's public feed, with the posts of the same ``SandboxWorld``.
struct FlickrRoutes: Sendable {
    private static let mostItems = 20

    let now: @Sendable () -> Double
    private let world: SandboxWorld

    init(configuration: SandboxConfiguration, now: @escaping @Sendable () -> Double) {
        self.now = now
        world = SandboxWorld(historyCount: configuration.historyCount, period: configuration.period)
    }

    func add(to router: Router<BasicRequestContext>) {
        router.get("services/feeds/photos_public.gne") { request, _ -> Response in
            let parameters = request.uri.queryParameters
            guard parameters.get("format") == "json" else {
                return Self.text("Only format=json is emulated.\n", type: "text/plain", status: .badRequest)
            }
            let feed = feed(request, parameters).text
            // Without `nojsoncallback=1`, Flickr responds with a script that calls a function.
            guard parameters.get("nojsoncallback") == "1" else {
                return Self.text("jsonFlickrFeed(\(feed))", type: "application/javascript", status: .ok)
            }
            return Self.text(feed, type: "application/json; charset=utf-8", status: .ok)
        }
    }

    private func feed(_ request: Request, _ parameters: Parameters) -> JSONValue {
        let origin = request.head.authority.map { "http://\($0)" } ?? ""
        let tags = parameters.get("tags") ?? ""
        let photos = posts(tags, isAny: parameters.get("tagmode") == "any")
        return .object([
            "title": .string("Recent Uploads tagged \(tags)"), "link": .string("\(origin)/photos/tags/\(tags)/"),
            "description": .string(""), "modified": .string(Timestamp.zulu(now())),
            "generator": .string("\(origin)/"),
            "items": .array(photos.prefix(Self.mostItems).map { FlickrPhoto(post: $0, origin: origin).json }),
        ])
    }

    /// The photos with all of the tags, or with any of them, newest first.
    private func posts(_ tags: String, isAny: Bool) -> [SandboxPost] {
        let hashtags = tags.split(separator: ",").compactMap { SandboxHashtag(name: $0) }
            .filter { !$0.isMissing }
        let asked = isAny ? hashtags[...] : hashtags.prefix(1)
        let wanted = isAny ? [] : hashtags.dropFirst().compactMap(\.name)
        return asked.flatMap { world.recent($0, at: now()) }
            .filter { post in post.medium?.kind == .image && wanted.allSatisfy(post.hashtags.contains) }
            .sorted { ($0.published, $0.id) > ($1.published, $1.id) }
    }

    private static func text(_ text: String, type: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

/// A post in Flickr's feed.
struct FlickrPhoto: Sendable {
    let post: SandboxPost
    /// The start of all addresses.
    let origin: String

    /// Names only the small picture, as Flickr does; the large one does not always exist.
    var json: JSONValue {
        let person = Person(of: post)
        let page = "\(origin)/photos/\(person.account)/\(post.id)/"
        let picture = origin + (post.medium?.path(ofSize: "m") ?? "")
        let title = post.caption.prefix { $0 != "\n" }
        return .object([
            "title": .string(String(title)),
            "link": .string(page),
            "media": .object(["m": .string(picture)]),
            // The camera's local time.
            "date_taken": .string("\(Timestamp.zulu(post.published - 90_000).dropLast())-08:00"),
            "description": .string(
                "<p><a href=\"\(origin)/people/\(person.account)/\">\(person.account)</a> posted a photo:</p>\n\n"
                    + "<p><a href=\"\(page)\"><img src=\"\(picture)\" width=\"240\" height=\"160\" /></a></p>"),
            "published": .string(Timestamp.zulu(post.published)),
            "author": .string("nobody@flickr.com (\"\(person.name.isEmpty ? person.account : person.name)\")"),
            "author_id": .string("\(Dice.hash(person.account) % 100_000_000)@N00"),
            "tags": .string(post.hashtags.joined(separator: " ")),
        ])
    }
}
