import Hummingbird

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

    /// The name of the hashtag that a request is about, or its id where the name is not known.
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
