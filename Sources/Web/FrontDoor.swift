import HTTPTypes
import Hummingbird

/// A context that knows which web server the request came through.
package protocol WebServerContext: RequestContext {
    /// What the server does with the `X-Accel-…` fields of a response.
    var acceleration: Acceleration? { get }
}

/// The fields of nginx's that a response may have, as the parameter `INSTACRAWLER_ACCEL` names them.
package enum Acceleration: String, Sendable {
    /// `X-Accel-Expires`: how long nginx's caches keep the response.
    case expires
    /// `X-Accel-Redirect` as well: nginx sends another of its addresses in the place of the response.
    case redirect

    /// - Returns: nil for a context that does not know its web server.
    init?(_ context: some RequestContext) {
        guard let known = (context as? any WebServerContext)?.acceleration else { return nil }
        self = known
    }
}

extension HTTPField.Name {
    /// `X-Accel-Expires`.
    static var accelExpires: Self? { Self("X-Accel-Expires") }
    /// `X-Accel-Redirect`.
    static var accelRedirect: Self? { Self("X-Accel-Redirect") }
}

/// Stands before the router: brings the path and the method of a request into the one form that
/// the router matches on, and takes the body off responses to `HEAD`.
///
/// A picture asked for by another spelling of its address is redirected to that address. What else is asked for by another
/// spelling, or with parameters that mean nothing, is answered, and no cache may keep it: there is no end of spellings.
struct FrontDoor<Inner: HTTPResponder>: HTTPResponder where Inner.Context: RequestContext {
    typealias Context = Inner.Context

    let inner: Inner
    /// The largest body that a request may announce.
    let bodyBytes: Int

    func respond(to request: Request, context: Context) async throws -> Response {
        var response = try await response(to: request, context)
        // nginx keeps an error for a moment where it replaces what nginx has, which it asks about with its tag. Other errors
        // are not kept, or anybody could fill its caches with them.
        if (400..<500).contains(response.status.code), request.headers[.ifNoneMatch] == nil,
            Acceleration(context) != nil, let name = HTTPField.Name.accelExpires
        {
            response.headers[name] = "0"
        }
        return response
    }

    private func response(to request: Request, _ context: Context) async throws -> Response {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyBytes {
            return Refusal.contentTooLarge.response
        }
        guard let path = RequestPath(request.uri.path) else {
            let response = Refusal.notFound.response
            return request.method == .head ? response.withoutBody : response
        }
        let isRead = request.method == .get || request.method == .head
        let isAddress = path.address == request.uri.path
        if isRead, path.isOfPicture, !isAddress { return redirect(to: path.address, request) }
        var response = try await inner.respond(to: normalized(request, path.canonical), context: context)
        let isCanonical = isAddress && (path.isOfPicture || QueryParameters(request.uri.query).areKnown)
        if !isCanonical, response.headers[.cacheControl] != nil {
            response.headers[.cacheControl] = CachePolicy.never.directives
        }
        return request.method == .head ? response.withoutBody : response
    }

    /// A picture has one address: under endless spellings, each would be fetched and kept again by every cache.
    private func redirect(to address: String, _ request: Request) -> Response {
        let headers: HTTPFields = [
            .location: address + (request.uri.query.map { "?\($0)" } ?? ""),
            .cacheControl: CachePolicy.day.directives,
        ]
        return Response(status: .permanentRedirect, headers: headers)
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
