import Crawler
import Hummingbird

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
