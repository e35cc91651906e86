import HTTPTypes
import Hummingbird

/// Lets the scripts of other people's pages read every answer (the Fetch standard's CORS protocol).
///
/// Nothing here depends on who asks, and a browser sends no cookie along where every origin is let in, so that this
/// gives away nothing. Errors are read, too: a script that cannot see a 416 does not know what it did wrong.
///
/// Before a script may send header fields of its own, the browser asks whether that is all right. Such a question is
/// answered with 204 on every address that there is; `OPTIONS` without one is a method like any other, and refused.
struct CrossOrigin<Inner: HTTPResponder>: HTTPResponder {
    let inner: Inner

    func respond(to request: Request, context: Inner.Context) async throws -> Response {
        var response = try await inner.respond(to: request, context: context)
        if isPreflight(request), response.status == .methodNotAllowed {
            response = Response(status: .noContent, headers: Self.permissions)
            response.headers[.contentLength] = nil
        }
        response.headers[.accessControlAllowOrigin] = "*"
        response.headers[.accessControlExposeHeaders] = "ETag, Retry-After, X-Request-ID"
        return response
    }

    private func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers[.accessControlRequestMethod] != nil
    }

    private static var permissions: HTTPFields {
        [
            .allow: "GET, HEAD",
            .accessControlAllowMethods: "GET, HEAD",
            .accessControlAllowHeaders: "Accept, Authorization, If-Modified-Since, If-None-Match, Last-Event-ID",
            // A day: the most that Firefox keeps it.
            .accessControlMaxAge: "86400",
        ]
    }
}
