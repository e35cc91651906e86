import FastCGI
import Logging
import ServiceLifecycle

/// Ours, bare: the FastCGI server with a handler that writes bytes.
///
///     benchmark-bare SOCKET
@main
struct Bare {
    static func main() async throws {
        let answer = Array(
            """
            Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: 75\r\n\r
            {"status":"OK","URI":"https://pictures.example/2026/11/24/0123456789.jpg"}

            """.utf8)
        let logger = Logger(label: "bare")
        let server = FastCGIServer(
            listeners: [.unix(path: CommandLine.arguments[1], mode: 0o666)], workers: 2, logger: logger
        ) { _, response in
            try await response.write(answer)
        }
        try await ServiceGroup(
            services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }
}
