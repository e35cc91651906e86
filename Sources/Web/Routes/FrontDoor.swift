import Hummingbird

/// Stands before the router: brings the path and the method of a request into the one form that
/// the router matches on, and takes the body off answers to `HEAD`.
struct FrontDoor<Inner: HTTPResponder>: HTTPResponder where Inner.Context: RequestContext {
    typealias Context = Inner.Context

    let inner: Inner
    /// The largest body that a request may announce.
    let bodyBytes: Int

    func respond(to request: Request, context: Context) async throws -> Response {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyBytes {
            return Refusal.contentTooLarge.response
        }
        guard let path = RequestPath(request.uri.path) else {
            let response = Refusal.notFound.response
            return request.method == .head ? response.withoutBody : response
        }
        let response = try await inner.respond(to: normalized(request, path.canonical), context: context)
        return request.method == .head ? response.withoutBody : response
    }

    private func normalized(_ request: Request, _ path: String) -> Request {
        let isRead = request.method == .get || request.method == .head
        if isRead && path == request.uri.path { return request }
        var head = request.head
        head.path = path + (request.uri.query.map { "?\($0)" } ?? "")
        if !isRead { head.method = .post }
        return Request(head: head, body: request.body)
    }
}
