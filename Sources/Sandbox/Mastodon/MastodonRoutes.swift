import Hummingbird

/// The hashtag timeline of a Mastodon or Pixelfed server, with the posts of the same world.
struct MastodonRoutes: Sendable {
    let configuration: SandboxConfiguration
    let now: @Sendable () -> Double
    private let world: SandboxWorld
    private let meter = RateLimit(limit: 300, window: 300)

    init(configuration: SandboxConfiguration, now: @escaping @Sendable () -> Double) {
        self.configuration = configuration
        self.now = now
        world = SandboxWorld(historyCount: configuration.historyCount, period: configuration.period)
    }

    /// Adds the routes.
    func add(to router: Router<BasicRequestContext>) {
        router.get("api/v1/timelines/tag/:tag") { request, context in
            answer(request, tag: context.parameters.get("tag") ?? "")
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

    private func answer(_ request: Request, tag: String) -> Response {
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
            // As some servers do, it forgets the other hashtags that were asked for.
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
