import Hummingbird
import Pictures
import Posts

/// `/latest` and related routes: the n-th newest picture of the first hashtag or of named ones, as an envelope with its
/// address or as the picture itself.
struct LatestRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        for prefix in ["", "/tags/:tag"] {
            for place in ["/latest", "/latest/:n"] {
                router.read(RouterPath(prefix + place)) { request, context in
                    let (pictures, n) = try await find(request, context.parameters)
                    guard let envelope = pictures.envelope(n) else { throw Refusal.rangeNotSatisfiable }
                    return envelope.response(to: request)
                }
                router.read(RouterPath(prefix + place + "/image")) { request, context in
                    let (pictures, n) = try await find(request, context.parameters)
                    guard let picture = pictures[n] else { throw Refusal.rangeNotSatisfiable }
                    return try await site.deliver(
                        picture, cache: .newestPicture, to: request, by: Acceleration(context))
                }
            }
        }
    }

    /// Finds the pictures and the index. Refuses an invalid index even if nothing has been found yet, because no crawl
    /// makes it valid.
    private func find(_ request: Request, _ parameters: Parameters) async throws(Refusal) -> (LatestPictures, n: Int) {
        let snapshot = site.snapshots.current
        let query = try query(request, parameters, in: snapshot)
        var n = 0
        if parameters.get("n") != nil {
            guard let number = DecimalNumber(try parameters.decoded("n")) else { throw .rangeNotSatisfiable }
            n = number.value
        }
        guard let query, let pictures = await LatestPictures(query, in: snapshot) else { throw site.nothingYet }
        return (pictures, n)
    }

    /// `/latest` itself ignores filters, because its contract is older than they are.
    private func query(
        _ request: Request, _ parameters: Parameters, in snapshot: Snapshot
    ) throws(Refusal) -> PostQuery? {
        if parameters.get("tag") == nil { return snapshot.gallery.hashtags.first.map { PostQuery([$0]) } }
        let hashtags = try site.hashtags(named: try parameters.decoded("tag"), in: snapshot.gallery)
        return PostQuery(hashtags, try PostFilter(QueryParameters(request.uri.query)))
    }
}

/// `/media/{source}/{post-id}/{index}`: the stable address of every picture.
struct MediaRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        router.read("/media/:source/:post/:index") { request, context in
            let picture = try find(context.parameters)
            guard picture.media.kind == .image else { throw Refusal.unsupportedMediaType }
            return try await site.deliver(picture, cache: .picture, to: request)
        }
    }

    private func find(_ parameters: Parameters) throws(Refusal) -> Picture {
        let place = try parameters.decoded("index")
        // Accept only one spelling, so that caches store each picture once.
        guard let index = DecimalNumber(place), place == String(index.value),
            let id = Post.ID(source: try parameters.decoded("source"), pathSegment: try parameters.decoded("post")),
            let post = site.snapshots.current.post(id),
            let picture = Picture(of: post, at: index.value)
        else { throw .notFound }
        return picture
    }
}
