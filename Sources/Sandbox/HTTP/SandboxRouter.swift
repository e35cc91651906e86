import Hummingbird

/// Puts the routes of all emulated interfaces together.
enum SandboxRouter {
    /// The router of a sandbox; it holds the state of one emulated service.
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
        router.add(middleware: FaultMiddleware(script: script, answer: FaultAnswer(userID: configuration.userID)))
        GraphRoutes(configuration: configuration, ledger: ledger, now: now).add(to: router)
        MastodonRoutes(configuration: configuration, now: now).add(to: router)
        FlickrRoutes(configuration: configuration, now: now).add(to: router)
        MediaRoutes(delay: configuration.pictureDelay, now: now).add(to: router)
        // Whatever else is asked for, by any method.
        router.add(middleware: NotFoundMiddleware())
        return router
    }

    /// 404, in the Graph API's envelope.
    static func notFound(_ path: String) -> Response {
        .json(GraphError.unknownPath(path).envelope(trace: "A0"), status: .notFound)
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
