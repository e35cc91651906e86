import Hummingbird

/// The routes of Instagram's hashtag search, under any version of the Graph API.
struct GraphRoutes: Sendable {
    /// How many posts or hashtags are on a page unless the client says.
    private static let usualLimit = 25

    let configuration: SandboxConfiguration
    let now: @Sendable () -> Double
    private let world: SandboxWorld
    private let ledger: HashtagLedger
    private let meter = UsageMeter()
    private let bookmarks = Bookmarks()

    init(configuration: SandboxConfiguration, ledger: HashtagLedger, now: @escaping @Sendable () -> Double) {
        self.configuration = configuration
        self.ledger = ledger
        self.now = now
        world = SandboxWorld(historyCount: configuration.historyCount, period: configuration.period)
    }

    /// Adds the routes.
    func add(to router: Router<BasicRequestContext>) {
        router.get(":version/ig_hashtag_search") { request, _ in
            answer(request) { call throws(GraphError) in try search(call) }
        }
        for edge in MediaEdge.allCases {
            router.get(":version/:node/\(edge.rawValue)") { request, context in
                answer(request) { call throws(GraphError) in
                    try media(of: context.parameters.get("node") ?? "", edge, call)
                }
            }
        }
        router.get(":version/:node/recently_searched_hashtags") { request, context in
            answer(request) { call throws(GraphError) in
                try recentSearches(of: context.parameters.get("node") ?? "", call)
            }
        }
        router.get(":version/:node") { request, context -> Response in
            let node = context.parameters.get("node") ?? ""
            // What is no number is no node, but a path that is not there.
            guard node.isDigits else { return SandboxRouter.notFound(request.uri.path) }
            return answer(request) { call throws(GraphError) in try hashtag(node, call) }
        }
    }

    /// Answers a call, with the usage headers and, where it is refused, the error's envelope.
    private func answer(
        _ request: Request,
        _ handle: (GraphCall) throws(GraphError) -> JSONValue
    ) -> Response {
        let time = now()
        let usage = meter.count(at: time)
        var headers = HTTPFields()
        headers.set(named: "X-App-Usage", usage.app.text)
        let businessUseCase = usage.businessUseCase(userID: configuration.userID)
        headers.set(named: "X-Business-Use-Case-Usage", businessUseCase.text)
        do throws(GraphError) {
            let call = try GraphCall(request: request, time: time, configuration: configuration)
            return .json(try handle(call), headers: headers)
        } catch {
            return .json(error.envelope(trace: usage.trace), status: .badRequest, headers: headers)
        }
    }

    private func search(_ call: GraphCall) throws(GraphError) -> JSONValue {
        try call.requireUser(configuration.userID)
        guard let hashtag = SandboxHashtag(name: try call.required("q")) else {
            throw .invalidParameter(name: "q", allowed: "a hashtag: letters, digits and _")
        }
        guard !hashtag.isMissing else { throw .noSuchHashtag }
        try ledger.search(hashtag, at: call.time)
        return .object(["data": .array([.object(["id": .string(hashtag.id)])])])
    }

    private func media(of id: String, _ edge: MediaEdge, _ call: GraphCall) throws(GraphError) -> JSONValue {
        guard let hashtag = ledger.hashtag(id: id) else { throw .unknownObject(id: id) }
        try call.requireUser(configuration.userID)
        let selection = try FieldSelection(call.optional("fields"))
        let limit = try call.limit(default: Self.usualLimit, most: configuration.pageLimit)
        var start: Cursor?
        if let after = call.optional("after") {
            start = bookmarks.place(after, of: hashtag, edge)
            if start == nil { start = try Cursor(after, edge: edge) }
        }
        // One more than the page holds tells whether there is a next one.
        let found = edge.posts(of: hashtag, in: world, at: call.time, after: start, limit: limit + 1)
        let page = found.prefix(limit)
        let end = page.last.map { Cursor(edge: edge, number: $0.number) }
        let nodes = page.map { post in
            MediaNode(post: post, origin: call.origin, time: call.time, lifetime: configuration.pictureLifetime)
                .json(selection)
        }
        let paging = end.map { end in
            let text = configuration.repeatsCursors ? bookmarks.mark(end, of: hashtag) : end.text
            return JSONValue.object([
                "cursors": .object(["after": .string(text)]),
                "next": found.count > limit ? .string(call.next(after: text)) : nil,
            ])
        }
        return .object(["data": .array(nodes), "paging": paging])
    }

    private func hashtag(_ id: String, _ call: GraphCall) throws(GraphError) -> JSONValue {
        guard let hashtag = ledger.hashtag(id: id) else { throw .unknownObject(id: id) }
        let asked = (call.optional("fields") ?? "id").split(separator: ",").map(String.init)
        if let unknown = asked.first(where: { !["id", "name"].contains($0) }) {
            throw .unknownField(unknown, node: "ShadowIGHashtag")
        }
        let name = asked.contains("name") ? hashtag.name.map { JSONValue.string($0) } : nil
        return .object(["name": name, "id": .string(hashtag.id)])
    }

    private func recentSearches(of id: String, _ call: GraphCall) throws(GraphError) -> JSONValue {
        guard id == configuration.userID else { throw .unknownObject(id: id) }
        let limit = try call.limit(default: Self.usualLimit, most: HashtagLedger.quota)
        let hashtags = ledger.recentSearches(at: call.time).prefix(limit)
        return .object(["data": .array(hashtags.map { .object(["id": .string($0.id)]) })])
    }
}
