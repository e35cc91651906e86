import Hummingbird
import Posts
import Synchronization

/// The hashtag timeline of a Mastodon or Pixelfed server, with the posts of the same ``SandboxWorld``.
struct MastodonRoutes: Sendable {
    let configuration: SandboxConfiguration
    let now: @Sendable () -> Double
    private let world: SandboxWorld
    private let meter = RequestWindow(limit: 300, window: 300)

    init(configuration: SandboxConfiguration, now: @escaping @Sendable () -> Double) {
        self.configuration = configuration
        self.now = now
        world = SandboxWorld(historyCount: configuration.historyCount, period: configuration.period)
    }

    func add(to router: Router<BasicRequestContext>) {
        router.get("api/v1/timelines/tag/:tag") { request, context in
            respond(to: request, tag: context.parameters.get("tag") ?? "")
        }
        router.get("api/v2/instance") { _, _ -> Response in
            let access = JSONValue.string(configuration.mastodonToken.isEmpty ? "public" : "authenticated")
            let feeds = JSONValue.object(["local": access, "remote": access])
            return Response.json(
                .object([
                    "domain": .string("sandbox.invalid"), "version": .string("4.5.0"),
                    "configuration": .object(["timelines_access": .object(["hashtag_feeds": feeds])]),
                ]))
        }
    }

    private func respond(to request: Request, tag: String) -> Response {
        let time = now()
        let rate = meter.count(at: time)
        var headers = HTTPFields()
        if configuration.manners == .mastodon {
            headers.set(named: "X-RateLimit-Limit", "\(rate.limit)")
            headers.set(named: "X-RateLimit-Remaining", "\(rate.left)")
            headers.set(named: "X-RateLimit-Reset", Timestamp.milliseconds(rate.reset))
        }
        guard !rate.isExceeded else { return error("Too many requests", .tooManyRequests, headers) }
        let token = configuration.mastodonToken
        guard token.isEmpty || request.headers[.authorization] == "Bearer \(token)" else {
            return configuration.manners == .mastodon
                ? error("The access token is invalid", .unauthorized, headers)
                : error("Forbidden", .forbidden, headers)
        }
        let origin = request.head.authority.map { "http://\($0)" } ?? ""
        let query = TimelineQuery(tag: tag, request.uri.queryParameters, manners: configuration.manners)
        let page = query.page(of: world, at: time)
        if configuration.manners == .mastodon, let first = page.first, let last = page.last {
            // Some servers forget the other requested hashtags, and so does this one.
            let base = "\(origin)\(request.uri.path)?limit=\(query.limit)"
            headers.set(
                named: "Link",
                "<\(base)&max_id=\(last.statusID)>; rel=\"next\", <\(base)&min_id=\(first.statusID)>; rel=\"prev\"")
        }
        let nodes = page.map { MastodonStatusNode(post: $0, origin: origin, manners: configuration.manners).json }
        return .json(.array(nodes), headers: headers)
    }

    private func error(_ message: String, _ status: HTTPResponse.Status, _ headers: HTTPFields) -> Response {
        .json(.object(["error": .string(message)]), status: status, headers: headers)
    }
}

/// A limit on requests in each window of time.
final class RequestWindow: Sendable {
    /// The state after a request.
    struct State: Sendable {
        var limit: Int
        var left: Int
        /// The end of the window, in seconds since 1970.
        var reset: Double
        var isExceeded: Bool
    }

    private let limit: Int
    private let window: Double
    private let counted = Mutex((window: 0.0, count: 0))

    /// - Parameter window: in seconds.
    init(limit: Int, window: Double) {
        self.limit = limit
        self.window = window
    }

    /// Counts a request at a time, in seconds since 1970.
    func count(at time: Double) -> State {
        let start = (time / window).rounded(.down) * window
        let count = counted.withLock { counted in
            if counted.window != start { counted = (start, 0) }
            counted.count += 1
            return counted.count
        }
        return State(limit: limit, left: max(0, limit - count), reset: start + window, isExceeded: count > limit)
    }
}

/// The query of a hashtag timeline.
struct TimelineQuery: Sendable {
    /// Upstream's default.
    private static let usualLimit = 20
    private static let largestLimit = 40
    private static let mostTags = 4

    /// The number of statuses on a page, 1 to 40.
    let limit: Int
    private let tags: [SandboxHashtag]
    private let all: [String]
    private let none: [String]
    private let maxID: Int?
    private let sinceID: Int?
    private let minID: Int?

    /// - Parameter tag: the hashtag in the path.
    init(tag: String, _ parameters: Parameters, manners: SandboxConfiguration.Manners) {
        func number(_ name: String) -> Int? { parameters.get(name).flatMap { Int($0) } }
        /// The hashtags of a list like `any[]`, whose name may also be percent-encoded.
        func list(_ name: String) -> [SandboxHashtag] {
            guard manners == .mastodon else { return [] }
            return parameters.filter { String($0.key).percentDecoded == name }.prefix(Self.mostTags)
                .compactMap { SandboxHashtag(name: $0.value) }
        }
        limit = min(max(1, number("limit") ?? Self.usualLimit), Self.largestLimit)
        tags = ([SandboxHashtag(name: tag.percentDecoded)].compactMap(\.self) + list("any[]")).filter { !$0.isMissing }
        all = list("all[]").compactMap(\.name)
        none = list("none[]").compactMap(\.name)
        maxID = number("max_id")
        sinceID = manners == .mastodon ? number("since_id") : nil
        minID = number("min_id")
    }

    /// The page at a time, newest first. A hashtag that does not exist has no statuses.
    func page(of world: SandboxWorld, at time: Double) -> [SandboxPost] {
        var seen: Set<Int> = []
        let posts = tags.flatMap { world.recent($0, at: time) }
            .filter { isAsked($0) && seen.insert($0.statusID).inserted }
            .sorted { $0.statusID > $1.statusID }
        // With `min_id`, the page contains the oldest of the newer statuses.
        return Array(minID == nil ? posts.prefix(limit) : posts.suffix(limit))
    }

    private func isAsked(_ post: SandboxPost) -> Bool {
        let id = post.statusID
        guard post.medium != nil || !post.children.isEmpty, maxID.map({ id < $0 }) ?? true,
            sinceID.map({ id > $0 }) ?? true, minID.map({ id > $0 }) ?? true
        else { return false }
        guard !all.isEmpty || !none.isEmpty else { return true }
        let hashtags = post.hashtags
        return all.allSatisfy(hashtags.contains) && !none.contains(where: hashtags.contains)
    }
}

extension SandboxPost {
    /// The ID of a status: the time in milliseconds and 16 varying bits, as Mastodon makes it. Newer statuses have
    /// larger IDs, in all hashtags.
    var statusID: Int {
        let milliseconds = Int((max(0, published) * 1_000).rounded(.down))
        return milliseconds << 16 | Int(Dice.hash(id) & 0xFFFF)
    }
}
