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
            let settings = try options.settings()
            let logger = Logs.start(settings, to: .standardOutput)
            let budget = try DescriptorBudget.raised()
            let template = try Template(contentsOf: settings.proxy.template)
            let nginx = try await NginxService.prepare(settings.nginxConfiguration, logger: logger)
            let readiness = ReadinessService(address: settings.healthAddress(of: template)) {
                Console.print("InstaCrawler is ready: \(settings.address(of: template))/")
            }
            guard let listener = settings.listener(of: template) else {
                logger.notice(
                    "The responder is on another machine: starting nginx alone",
                    metadata: ["responder": "\(settings.proxy.responder.host):\(settings.proxy.responder.port)"])
                return try await Assembly.group(
                    [.init(service: nginx), .init(service: readiness)], logger: logger
                ).run()
            }
            try await Assembly.run(settings, logger: logger) { assembly in
                // What nginx leaves open is not worth waiting for: it was given the whole time already.
                var limits = Assembly.limits(connections: budget.connections)
                limits.drainTimeout = .seconds(1)
                return [assembly.responder(listeners: [listener], limits: limits), nginx, readiness]
            }
        } catch {
            throw fail(error)
        }
    }
}
