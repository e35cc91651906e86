import Hummingbird
import HummingbirdFastCGI
import Logging

/// Ours, with Hummingbird: a router on the FastCGI server.
///
///     benchmark-hummingbird SOCKET
@main
struct HummingbirdResponder {
    static func main() async throws {
        let body = ByteBuffer(
            string: """
                {"status":"OK","URI":"https://pictures.example/2026/11/24/0123456789.jpg"}

                """)
        let router = Router(context: BasicFastCGIRequestContext.self)
        router.get("latest") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
        }
        let application = FastCGIApplication(
            responder: router.buildResponder(), listeners: [.unix(path: CommandLine.arguments[1], mode: 0o666)],
            workers: 2, logger: Logger(label: "hummingbird"))
        try await application.runService()
    }
}
