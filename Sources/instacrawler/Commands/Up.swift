import ArgumentParser
import Launcher
import Logging
import ServiceLifecycle

/// Starts nginx and the responder, and is process 1 of the container.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts nginx and the responder, and stops both gracefully on SIGTERM or SIGINT.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        do {
            let settings = try await options.settings()
            let logger = Logs.start(settings.logLevel, to: .standardOutput)
            ProcessLimits.raise()
            try await Assembly.run(settings, logger: logger) { assembly in
                // What nginx leaves open is not worth waiting for: it was given the whole time already.
                var limits = Assembly.limits
                limits.drainTimeout = .seconds(1)
                let nginx = try await NginxService.prepare(settings.nginxConfiguration, logger: logger)
                return [
                    assembly.responder(listeners: [.unix(path: settings.socket)], limits: limits), nginx,
                    ReadinessService(address: settings.healthAddress, client: assembly.client) {
                        Console.print("InstaCrawler is ready: \(settings.address)/")
                    },
                ]
            }
        } catch {
            throw fail(error)
        }
    }
}
