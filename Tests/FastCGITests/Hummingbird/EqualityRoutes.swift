import Hummingbird
import HummingbirdFastCGI

/// The routes that are requested both over FastCGI and from Hummingbird's own server.
enum EqualityRoutes {
    private struct NoAnswer: Error {}

    static func router<Context: RequestContext>(_ context: Context.Type) -> Router<Context> {
        let router = Router(context: context, options: .autoGenerateHeadEndpoints)
        for method in [.get, .post, .put, .patch, .delete, .options, HTTPRequest.Method("PROPFIND")].compactMap(\.self)
        {
            router.on("echo/**", method: method) { request, _ in try await echo(request) }
        }
        router.get("plain") { _, _ in "plain" }
        router.get("parameter/{name}") { _, context in context.parameters.get("name") ?? "none" }
        router.get("empty") { _, _ in Response(status: .ok) }
        router.get("no-content") { _, _ in Response(status: .noContent) }
        router.get("not-modified") { _, _ in Response(status: .notModified, headers: [.eTag: "\"1\""]) }
        router.get("redirect") { _, _ in Response.redirect(to: "/plain?a=%20", type: .found) }
        router.get("cookies") { _, _ in
            var response = Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "cookies")))
            response.setCookie(Cookie(name: "a", value: "1"))
            response.setCookie(Cookie(name: "b", value: "2"))
            return response
        }
        router.get("streamed") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain"],
                body: ResponseBody { writer in
                    for piece in ["one ", "two ", "three"] { try await writer.write(ByteBuffer(string: piece)) }
                    try await writer.finish(nil)
                })
        }
        router.get("large") { _, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x61, count: 300_000)))
        }
        router.get("refused") { _, _ -> String in throw HTTPError(.badRequest, message: "what is wrong") }
        router.get("broken") { _, _ -> String in throw NoAnswer() }
        router.post("collect") { request, _ in
            "\(try await request.body.collect(upTo: 1_000).readableBytes)"
        }
        router.get("teapot") { _, _ in Response(status: .init(code: 418, reasonPhrase: "I'm a teapot")) }
        router.get("line-break") { _, _ in Response(status: .ok, headers: [.location: "/a\r\nX-Evil: 1"]) }
        return router
    }

    private static func echo(_ request: Request) async throws -> String {
        let body = try await request.body.collect(upTo: 1 << 20)
        let fields = request.headers.filter {
            $0.name.canonicalName.hasPrefix("x-") || $0.name == .cookie || $0.name == .contentType
        }
        .map { "\($0.name.canonicalName): \($0.value)" }.sorted()
        return """
            \(request.method) \(request.head.path ?? "-")
            path \(request.uri.path), query \(request.uri.query ?? "-"), authority \(request.head.authority != nil)
            queries \(request.uri.queryParameters.map { "\($0)=\($1)" })
            cookies \(request.cookies["a"]?.value ?? "-") \(request.cookies["b"]?.value ?? "-")
            \(fields.joined(separator: "\n"))
            body \(body.readableBytes) \(body.readableBytesView.reduce(0) { ($0 &* 31) &+ Int($1) })
            """
    }
}
