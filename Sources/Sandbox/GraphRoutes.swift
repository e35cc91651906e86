import Hummingbird
import Posts

/// The routes of Instagram's hashtag search, under any version of the Graph API.
struct GraphRoutes: Sendable {
    /// The default number of posts or hashtags on a page.
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

    func add(to router: Router<BasicRequestContext>) {
        router.get(":version/ig_hashtag_search") { request, _ in
            respond(to: request) { call throws(GraphRefusal) in try search(call) }
        }
        for edge in MediaEdge.allCases {
            router.get(":version/:node/\(edge.rawValue)") { request, context in
                respond(to: request) { call throws(GraphRefusal) in
                    try media(of: context.parameters.get("node") ?? "", edge, call)
                }
            }
        }
        router.get(":version/:node/recently_searched_hashtags") { request, context in
            respond(to: request) { call throws(GraphRefusal) in
                try recentSearches(of: context.parameters.get("node") ?? "", call)
            }
        }
        router.get(":version/:node") { request, context -> Response in
            let node = context.parameters.get("node") ?? ""
            // A path without a numeric ID is not a node.
            guard node.isDigits else { return SandboxRouter.notFound(request.uri.path) }
            return respond(to: request) { call throws(GraphRefusal) in try hashtag(node, call) }
        }
    }

    /// Responds with the usage headers. A refused call gets an error envelope.
    private func respond(
        to request: Request,
        _ handle: (GraphCall) throws(GraphRefusal) -> JSONValue
    ) -> Response {
        let time = now()
        let usage = meter.count(at: time)
        var headers = HTTPFields()
        headers.set(named: "X-App-Usage", usage.app.text)
        let businessUseCase = usage.businessUseCase(userID: configuration.userID)
        headers.set(named: "X-Business-Use-Case-Usage", businessUseCase.text)
        do throws(GraphRefusal) {
            let call = try GraphCall(request: request, time: time, configuration: configuration)
            return .json(try handle(call), headers: headers)
        } catch {
            return .json(error.envelope(trace: usage.trace), status: .badRequest, headers: headers)
        }
    }

    private func search(_ call: GraphCall) throws(GraphRefusal) -> JSONValue {
        try call.requireUser(configuration.userID)
        guard let hashtag = SandboxHashtag(name: try call.required("q")) else {
            throw .invalidParameter(name: "q", allowed: "a hashtag: letters, digits and _")
        }
        guard !hashtag.isMissing else { throw .noSuchHashtag }
        try ledger.search(hashtag, at: call.time)
        return .object(["data": .array([.object(["id": .string(hashtag.id)])])])
    }

    private func media(of id: String, _ edge: MediaEdge, _ call: GraphCall) throws(GraphRefusal) -> JSONValue {
        guard let hashtag = ledger.hashtag(id: id) else { throw .unknownObject(id: id) }
        try call.requireUser(configuration.userID)
        let selection = try FieldSelection(call.optional("fields"))
        let limit = try call.limit(default: Self.usualLimit, most: configuration.pageLimit)
        var start: GraphCursor?
        if let after = call.optional("after") {
            start = bookmarks.place(after, of: hashtag, edge)
            if start == nil { start = try GraphCursor(after, edge: edge) }
        }
        // One additional post shows whether there is a next page.
        let found = edge.posts(of: hashtag, in: world, at: call.time, after: start, limit: limit + 1)
        let page = found.prefix(limit)
        let end = page.last.map { GraphCursor(edge: edge, number: $0.number) }
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

    private func hashtag(_ id: String, _ call: GraphCall) throws(GraphRefusal) -> JSONValue {
        guard let hashtag = ledger.hashtag(id: id) else { throw .unknownObject(id: id) }
        let asked = (call.optional("fields") ?? "id").split(separator: ",").map(String.init)
        if let unknown = asked.first(where: { !["id", "name"].contains($0) }) {
            throw .unknownField(unknown, node: "ShadowIGHashtag")
        }
        let name = asked.contains("name") ? hashtag.name.map { JSONValue.string($0) } : nil
        return .object(["name": name, "id": .string(hashtag.id)])
    }

    private func recentSearches(of id: String, _ call: GraphCall) throws(GraphRefusal) -> JSONValue {
        guard id == configuration.userID else { throw .unknownObject(id: id) }
        let limit = try call.limit(default: Self.usualLimit, most: HashtagLedger.quota)
        let hashtags = ledger.recentSearches(at: call.time).prefix(limit)
        return .object(["data": .array(hashtags.map { .object(["id": .string($0.id)]) })])
    }
}

/// A request to the Graph API with a valid version and token.
struct GraphCall: Sendable {
    /// `http://`, then the host and port as the client wrote them.
    let origin: String

    /// The path, which starts with the version.
    let path: String

    /// The time of the request, in seconds since 1970.
    let time: Double

    private let parameters: Parameters

    init(request: Request, time: Double, configuration: SandboxConfiguration) throws(GraphRefusal) {
        guard let authority = request.head.authority, !authority.isEmpty else {
            throw .invalidParameter(name: "Host", allowed: "present")
        }
        origin = "http://\(authority)"
        path = request.uri.path
        self.time = time
        parameters = request.uri.queryParameters
        guard Self.hasVersion(path) else { throw .unknownPath(path) }
        guard parameters.get("access_token") == configuration.accessToken else { throw .invalidToken }
    }

    /// Returns a parameter; `nil` if it is absent or empty.
    func optional(_ name: String) -> String? {
        parameters.get(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Returns a parameter that must be present.
    func required(_ name: String) throws(GraphRefusal) -> String {
        guard let value = optional(name) else { throw .missingParameter(name) }
        return value
    }

    /// Checks that `user_id` is the sandbox's user.
    func requireUser(_ id: String) throws(GraphRefusal) {
        let asked = try required("user_id")
        guard asked == id else { throw .unknownObject(id: asked) }
    }

    /// Returns the parameter `limit`, at most `most`.
    func limit(default usual: Int, most: Int) throws(GraphRefusal) -> Int {
        guard let text = optional("limit") else { return min(usual, most) }
        guard let limit = Int(text), limit >= 1 else {
            throw .invalidParameter(name: "limit", allowed: "a whole number from 1")
        }
        return min(limit, most)
    }

    /// The address of the next page, which is this call's address with another cursor. It contains the access token, as
    /// upstream's does.
    func next(after cursor: String) -> String {
        let kept = ["access_token", "user_id", "fields", "limit"].compactMap { name in
            optional(name).map { "\(name)=\($0.percentEncoded)" }
        }
        return "\(origin)\(path)?\((kept + ["after=\(cursor)"]).joined(separator: "&"))"
    }

    /// Whether a path starts with a version like `/v23.0/`.
    private static func hasVersion(_ path: String) -> Bool {
        guard let version = path.split(separator: "/").first, version.first == "v" else { return false }
        let parts = version.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy(\.isDigits)
    }
}

/// A refusal of the Graph API, with its documented codes.
enum GraphRefusal: Error, Equatable {
    /// Code 190: the token is missing or not the sandbox's.
    case invalidToken
    /// Code 100: a parameter is missing.
    case missingParameter(String)
    /// Code 100: the value of a parameter is invalid.
    case invalidParameter(name: String, allowed: String)
    /// Code 100: a requested field does not exist on the node.
    case unknownField(String, node: String)
    /// Code 100, subcode 33: no object has this ID.
    case unknownObject(id: String)
    /// Code 18: too many different hashtags within 7 days.
    case tooManyHashtags
    /// Code 24, subcode 2207024: the hashtag does not exist.
    case noSuchHashtag
    /// Code 2500: the path does not exist.
    case unknownPath(String)
    /// The error of a ``FaultRule``.
    case scripted(code: Int, subcode: Int?)

    var code: Int {
        switch self {
        case .invalidToken: 190
        case .missingParameter, .invalidParameter, .unknownField, .unknownObject: 100
        case .tooManyHashtags: 18
        case .noSuchHashtag: 24
        case .unknownPath: 2500
        case .scripted(let code, _): code
        }
    }

    var subcode: Int? {
        switch self {
        case .unknownObject: 33
        case .noSuchHashtag: 2_207_024
        case .scripted(_, let subcode): subcode
        default: nil
        }
    }

    /// Never contains a token.
    var message: String {
        switch self {
        case .invalidToken: "Invalid OAuth access token - Cannot parse access token"
        case .missingParameter(let name): "(#100) The parameter \(name) is required"
        case .invalidParameter(let name, let allowed): "(#100) Param \(name) must be \(allowed)"
        case .unknownField(let field, let node):
            "(#100) Tried accessing nonexisting field (\(field)) on node type (\(node))"
        case .unknownObject(let id): "Unsupported get request. Object with ID '\(id)' does not exist"
        case .tooManyHashtags: "(#18) The maximum number of hashtags that can be queried within 7 days has been reached"
        case .noSuchHashtag: "(#24) The requested resource does not exist"
        case .unknownPath(let path): "Unknown path components: \(path)"
        case .scripted(let code, _): "(#\(code)) This error was asked for"
        }
    }

    /// Returns the error envelope; `trace` is the ID under which upstream's support would find the request.
    func envelope(trace: String) -> JSONValue {
        .object([
            "error": .object([
                "message": .string(message),
                "type": .string("OAuthException"),
                "code": .number(code),
                "error_subcode": subcode.map { .number($0) },
                "fbtrace_id": .string(trace),
            ])
        ])
    }
}
