import HTTPTypes
import Hummingbird

/// Lets only those in who know the key.
///
/// `/status` and `/health` are for everybody, and so is the question what other methods an address has, which browsers
/// ask without credentials before they send them (the Fetch standard's preflight).
///
/// A browser that opens a page with `?key=` gets a cookie, so that the links, the pictures and the event stream of the
/// page are let in as well.
struct AccessGuard<Inner: HTTPResponder>: HTTPResponder where Inner.Context: RequestContext {
    typealias Context = Inner.Context

    let inner: Inner
    /// Nil lets everybody in.
    let key: AccessKey?

    func respond(to request: Request, context: Context) async throws -> Response {
        guard let key, !isOpen(request) else { return try await inner.respond(to: request, context: context) }
        let credentials = Credentials(request)
        guard credentials.contain(key) else {
            let response = Refusal.unauthorized.response
            return request.method == .head ? response.withoutBody : response
        }
        var response = try await inner.respond(to: request, context: context)
        // No cache that others use may keep it.
        response.headers[.cacheControl] = response.headers[.cacheControl]?.replacing("public", with: "private")
        let isPage = AcceptHeader(request.headers[.accept]).prefersHTML
        if isPage, let shown = credentials.query, key.matches(shown) {
            response.headers[.setCookie] = cookie(key, isSecure: request.head.scheme?.lowercased() == "https")
        }
        return response
    }

    private func isOpen(_ request: Request) -> Bool {
        if request.method == .options { return true }
        return ["/status", "/health"].contains(RequestPath(request.uri.path)?.canonical)
    }

    /// It ends with the browser's session. Pages of other sites cannot send it along, but a link there can lead here.
    private func cookie(_ key: AccessKey, isSecure: Bool) -> String {
        let secure = isSecure ? "; Secure" : ""
        return "\(Credentials.cookie)=\(key.text); Path=/; HttpOnly; SameSite=Lax\(secure)"
    }
}
