import FastCGI
import Glibc
import Logging
import ServiceLifecycle

/// Ours, bare: the FastCGI server with a handler that writes bytes.
///
///     benchmark-bare SOCKET
@main
struct Bare {
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
