import Hummingbird

extension Router {
    /// Adds an address that can be read with `GET` and `HEAD` and refuses all else.
    ///
    /// ``FrontDoor`` takes the body off what `HEAD` is answered with, and brings every other method
    /// here as `POST`, since a router cannot list methods that nobody has thought of yet.
    func read(_ path: RouterPath, use handler: @escaping @Sendable (Request, Context) async throws -> Response) {
        on(path, method: .get, use: handler)
        on(path, method: .head, use: handler)
        on(path, method: .post) { _, _ -> Response in throw Refusal.methodNotAllowed }
    }

    /// Adds the address of a file.
    func read(_ asset: HashedAsset) {
        read(RouterPath(asset.path)) { request, _ in asset.representation.response(to: request) }
    }
}
