import HTTPTypes
import Hummingbird

/// A context that knows which web server forwarded the request.
package protocol WebServerContext: RequestContext {
    /// The `X-Accel-…` fields of a response that the server evaluates; `nil` for none.
    var acceleration: Acceleration? { get }
}

/// The fields for nginx that a response may have, as the parameter `INSTACRAWLER_ACCEL` states.
package enum Acceleration: String, Sendable {
    /// `X-Accel-Expires`: how long nginx's caches keep the response.
    case expires
    /// Also `X-Accel-Redirect`: nginx sends the content of another of its addresses instead.
    case redirect

    /// - Returns: `nil` if the context does not know its web server.
    init?(_ context: some RequestContext) {
        guard let known = (context as? any WebServerContext)?.acceleration else { return nil }
        self = known
    }
}

extension HTTPField.Name {
    static var accelExpires: Self? { Self("X-Accel-Expires") }
    static var accelRedirect: Self? { Self("X-Accel-Redirect") }
}

/// Normalizes the path and the method of a request for the router, and removes the body of responses to `HEAD`.
///
/// A request for a picture with another spelling of its address is redirected to that address. Other requests with
/// another spelling, or with unknown parameters, get a normal response that caches must not store, because the number
/// of spellings is unlimited.
struct FrontDoor<Inner: HTTPResponder>: HTTPResponder where Inner.Context: RequestContext {
    typealias Context = Inner.Context

    let inner: Inner
    /// The maximum body that a request may announce, in bytes.
    let bodyBytes: Int

    func respond(to request: Request, context: Context) async throws -> Response {
        var response = try await response(to: request, context)
        // nginx may cache an error briefly if it replaces a cached response, which nginx revalidates with
        // `If-None-Match`. It must not cache other errors, or clients could fill its caches with them.
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

    /// Redirects to the one address of a picture. Otherwise every cache would fetch and store it under each spelling.
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
