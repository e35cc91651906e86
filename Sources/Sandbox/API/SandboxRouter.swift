import Hummingbird

/// Puts the routes of all emulated interfaces together.
enum SandboxRouter {
    /// The router of a sandbox; it holds the state of one emulated service.
    static func make(
        configuration: SandboxConfiguration,
        now: @escaping @Sendable () -> Double
    ) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.get { _, _ in index }
        GraphRoutes(configuration: configuration, now: now).add(to: router)
        MediaRoutes(delay: configuration.pictureDelay).add(to: router)
        // Whatever else is asked for, by any method.
        router.add(middleware: NotFoundMiddleware())
        return router
    }

    /// 404, in the Graph API's envelope.
    static func notFound(_ path: String) -> Response {
        .json(GraphError.unknownPath(path).envelope(trace: "A0"), status: .notFound)
    }

    private static let index = """
        This is a sandbox: an emulator of Instagram's Graph API, for development and tests.
        Its posts and pictures are made up, and nothing that is sent here goes anywhere.

        GET /v23.0/ig_hashtag_search?user_id=&q=&access_token=
        GET /v23.0/{hashtag-id}/recent_media?user_id=&fields=&limit=&after=&access_token=
        GET /v23.0/{hashtag-id}/top_media?user_id=&fields=&limit=&after=&access_token=
        GET /v23.0/{user-id}/recently_searched_hashtags?limit=&access_token=
        GET /media/{id}.png
        GET /media/{id}.mp4

        """
}
