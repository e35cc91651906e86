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
        let id = Post.ID(source: try parameters.decoded("source"), value: try parameters.decoded("post"))
        guard let index = DecimalNumber(try parameters.decoded("index")),
            let post = site.snapshots.current.post(id),
            let picture = Picture(of: post, at: index.value)
        else { throw .notFound }
        return picture
    }
}
