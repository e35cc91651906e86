import Crawler
import HTTPTypes
import Hummingbird

/// `/events` and `/tags/{tag}/events`: new posts as they are found, as server-sent events.
///
/// `?view=card` gives what the gallery inserts instead of JSON. `?after=` does what `Last-Event-ID` does, for a first
/// request, in which a browser cannot send that.
struct EventRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        router.read("/events") { request, _ in try answer(request, nil) }
        router.read("/tags/:tag/events") { request, context in
            let gallery = site.snapshots.current.gallery
            return try answer(
                request, Set(try site.hashtags(named: try context.parameters.decoded("tag"), in: gallery)))
        }
    }

    private func answer(_ request: Request, _ hashtags: Set<Hashtag>?) throws(Refusal) -> Response {
        let query = QueryParameters(request.uri.query)
        let selection = EventSelection(
            hashtags: hashtags, filter: try PostFilter(query), view: try view(query["view"]))
        let lastEventID = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
        let last = (lastEventID ?? query["after"]).flatMap { EventID($0) }
        var headers: HTTPFields = [
            .contentType: "text/event-stream",
            // Web servers between must not compress it, which would collect it.
            .cacheControl: "no-transform, \(CachePolicy.never.directives)",
            .xContentTypeOptions: "nosniff",
        ]
        // Web servers between would collect what shall arrive at once.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        let body = ResponseBody { [site] writer in
            var stream = EventStream(
                selection, after: last, of: site.events, caption: { site.snapshots.current.caption(of: $0) },
                now: site.now)
            defer { stream.close() }
            while let bytes = await stream.next() { try await writer.write(bytes) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func view(_ text: String?) throws(Refusal) -> EventSelection.View {
        switch text {
        case nil, "json": .json
        case "card": .card
        default: throw .badRequest("view must be json or card")
        }
    }
}
