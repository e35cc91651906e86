import Hummingbird
import HummingbirdFastCGI

/// Greets clients behind any web server that speaks FastCGI.
///
///     swift run Hello /run/hello.sock
@main struct Hello {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: Hello SOCKET")
            return
        }
        let router = Router(context: BasicFastCGIRequestContext.self)
        router.add(middleware: ServerNameMiddleware())
        router.get("hello/{name}") { _, context in "Hello, \(context.parameters.get("name") ?? "you")\n" }
        let application = FastCGIApplication(
            router: router, listeners: [.unix(path: CommandLine.arguments[1], mode: 0o666)],
            onServerRunning: { addresses in print("listening on \(addresses.joined(separator: ", "))") })
        try await application.runService()
    }
}

/// Adds the web server's name, a CGI variable, to each response.
struct ServerNameMiddleware<Context: FastCGIRequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.via] = context.cgi["SERVER_SOFTWARE"]
        return response
    }
}
