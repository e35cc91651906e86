import Glibc
import Hummingbird
import HummingbirdFastCGI
import Logging

/// Ours, with Hummingbird: a router on the FastCGI server.
///
///     benchmark-hummingbird SOCKET
@main
struct HummingbirdResponder {
    /// The main thread stays: when it ends, as Swift's asynchronous `main` ends it, valgrind crashes.
    static func main() {
        Task.detached {
            do {
                try await serve()
                exit(0)
            } catch {
                print("\(error)")
                exit(1)
            }
        }
        while true { pause() }
    }

    private static func serve() async throws {
        let body = ByteBuffer(
            string: """
                {"status":"OK","URI":"https://pictures.example/2026/11/24/0123456789.jpg"}

                """)
        let router = Router(context: BasicFastCGIRequestContext.self)
        router.get("latest") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
        }
        let application = FastCGIApplication(
            router: router, listeners: [.unix(path: CommandLine.arguments[1], mode: 0o666)],
            workers: 2, logger: Logger(label: "hummingbird"))
        try await application.runService()
    }
}
