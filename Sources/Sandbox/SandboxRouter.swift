import Hummingbird
import Posts
import Synchronization

/// Combines the routes of all emulated interfaces.
enum SandboxRouter {
    /// Creates the router of a sandbox, with the state of one emulated service.
    static func make(
        configuration: SandboxConfiguration,
        script: FaultScript,
        counter: RequestCounter = RequestCounter(),
        now: @escaping @Sendable () -> Double
    ) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        let ledger = HashtagLedger()
        router.get { _, _ in index }
        router.get("sandbox/requests") { _, _ in Response.json(counter.json) }
        router.add(middleware: CountingMiddleware(counter: counter, ledger: ledger))
        router.add(middleware: FaultMiddleware(script: script, response: FaultResponse(userID: configuration.userID)))
        GraphRoutes(configuration: configuration, ledger: ledger, now: now).add(to: router)
        MastodonRoutes(configuration: configuration, now: now).add(to: router)
        FlickrRoutes(configuration: configuration, now: now).add(to: router)
        CDNRoutes(delay: configuration.pictureDelay, now: now).add(to: router)
        // Handles all other paths and methods.
        router.add(middleware: NotFoundMiddleware())
        return router
    }

    /// A 404 response in the Graph API's envelope.
    static func notFound(_ path: String) -> Response {
        .json(GraphRefusal.unknownPath(path).envelope(trace: "A0"), status: .notFound)
    }

    private static let index = """
        This is a sandbox: an emulator of the interfaces of Instagram, Mastodon, Pixelfed and Flickr, for development and
        tests.
        Its posts and pictures are made up, and nothing that is sent here goes anywhere.

        GET /v23.0/ig_hashtag_search?user_id=&q=&access_token=
        GET /v23.0/{hashtag-id}/recent_media?user_id=&fields=&limit=&after=&access_token=
        GET /v23.0/{hashtag-id}/top_media?user_id=&fields=&limit=&after=&access_token=
        GET /v23.0/{hashtag-id}?fields=id,name&access_token=
        GET /v23.0/{user-id}/recently_searched_hashtags?limit=&access_token=
        GET /api/v1/timelines/tag/{tag}?limit=&max_id=&min_id=&since_id=&any[]=&all[]=&none[]=
        GET /api/v2/instance
        GET /services/feeds/photos_public.gne?format=json&nojsoncallback=1&tags=&tagmode=
        GET /sandbox/requests
        GET /media/{id}.png
        GET /media/{id}.mp4

        """
}

/// Responds with JSON to requests that no route handles.
struct NotFoundMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return SandboxRouter.notFound(request.uri.path)
        }
    }
}

/// Counts the requests to the emulated interfaces.
struct CountingMiddleware<Context: RequestContext>: RouterMiddleware {
    let counter: RequestCounter
    let ledger: HashtagLedger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let call = SandboxCall(path: request.uri.path) {
            counter.count(call, hashtag: hashtag(of: call, request))
        }
        return try await next(request, context)
    }

    /// The name of the requested hashtag, or its ID if the name is not known.
    private func hashtag(of call: SandboxCall, _ request: Request) -> String? {
        let parts = request.uri.path.split(separator: "/")
        switch (call.interface, call.route) {
        case (.graph, "ig_hashtag_search"):
            return request.uri.queryParameters.get("q").flatMap { SandboxHashtag(name: $0)?.name }
        case (.graph, "recently_searched_hashtags"):
            return nil
        case (.graph, _):
            return parts.dropFirst().first.flatMap { ledger.hashtag(id: String($0)) }.map { $0.name ?? $0.id }
        case (.mastodon, "timeline"):
            return parts.last.flatMap { SandboxHashtag(name: String($0).percentDecoded)?.name }
        case (.flickr, _):
            return request.uri.queryParameters.get("tags").flatMap { SandboxHashtag(name: $0)?.name }
        default:
            return nil
        }
    }
}

/// Counts the requests by route, and by route and hashtag.
final class RequestCounter: Sendable {
    /// Requests for further hashtags are counted by route only.
    private static let mostHashtags = 10_000

    private struct State {
        var calls: [SandboxCall: Int] = [:]
        var hashtags: [String: [SandboxCall: Int]] = [:]
    }

    private let state = Mutex(State())

    /// The number of requests of each route.
    var counts: [SandboxCall: Int] { state.withLock { $0.calls } }

    /// The number of requests of each route, by hashtag.
    var hashtagCounts: [String: [SandboxCall: Int]] { state.withLock { $0.hashtags } }

    func count(_ call: SandboxCall, hashtag: String?) {
        state.withLock { state in
            state.calls[call, default: 0] += 1
            guard let hashtag else { return }
            guard state.hashtags[hashtag] != nil || state.hashtags.count < Self.mostHashtags else { return }
            state.hashtags[hashtag, default: [:]][call, default: 0] += 1
        }
    }

    /// Both counts as JSON: `{"requests":{"graph:recent_media":5},"hashtags":{"golang":{"graph:recent_media":3}}}`.
    var json: JSONValue {
        func object(_ counts: [SandboxCall: Int]) -> JSONValue {
            .object(
                counts.map { JSONValue.Member(key: $0.key.description, value: .number($0.value)) }
                    .sorted { $0.key < $1.key })
        }
        let (calls, hashtags) = state.withLock { ($0.calls, $0.hashtags) }
        let members = hashtags.map { JSONValue.Member(key: $0.key, value: object($0.value)) }
        return .object(["requests": object(calls), "hashtags": .object(members.sorted { $0.key < $1.key })])
    }
}
