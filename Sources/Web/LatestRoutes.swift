import Hummingbird
import Pictures
import Posts

/// `/latest` and its kin: the n-th newest picture, as an envelope with its address or as the
/// picture itself, of the first hashtag or of named ones.
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

    /// What is not a number is refused before it is known whether anything has been found: no
    /// crawl will make it one.
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

    /// `/latest` itself takes no conditions: its contract is older than they are.
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
        // Each picture has one address: a cache must not hold it under several.
        guard let index = DecimalNumber(place), place == String(index.value),
            let id = Post.ID(source: try parameters.decoded("source"), pathSegment: try parameters.decoded("post")),
            let post = site.snapshots.current.post(id),
            let picture = Picture(of: post, at: index.value)
        else { throw .notFound }
        return picture
    }
}
