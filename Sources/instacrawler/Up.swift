import ArgumentParser
import FastCGI
import Launcher
import Logging
import ServiceLifecycle

/// Starts nginx and the responder. It can be process 1 of a container.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts nginx and the responder, and stops both gracefully on SIGTERM or SIGINT.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        do {
            let settings = try options.settings()
            let logger = Logs.start(settings, to: .standardOutput)
            let budget = try DescriptorBudget.raised()
            let template = try Template(contentsOf: settings.template)
            let nginx = try await NginxService.prepare(settings.nginxConfiguration, logger: logger)
            let readiness = ReadinessService(address: settings.healthAddress(of: template)) {
                Console.print("InstaCrawler is ready: \(settings.address(of: template))/")
            }
            guard let listener = settings.listener(of: template) else {
                logger.notice(
                    "The responder is on another machine: starting nginx alone",
                    metadata: ["responder": "\(settings.responderHost):\(settings.responderPort)"])
                return try await Assembly.group(
                    [.init(service: nginx), .init(service: readiness)], logger: logger
                ).run()
            }
            try await Assembly.run(settings, logger: logger) { assembly in
                // nginx has already had its full time to stop, so do not wait long for requests it left open.
                var limits = Assembly.limits(connections: budget.connections)
                limits.drainTimeout = .seconds(1)
                return [assembly.responder(listeners: [listener], limits: limits), nginx, readiness]
            }
        } catch {
            throw fail(error)
        }
    }
}

/// Runs the responder alone, behind a web server that is started separately.
struct Respond: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the FastCGI responder alone.",
        discussion: """
            Without --listen, the listening socket is the one that whoever started the program has opened: descriptor \
            0 (spawn-fcgi, multiwatch, lighttpd, mod_fcgid) or those of systemd (LISTEN_FDS). Started as a CGI program, \
            it answers that one request.
            """)

    @Option(help: "Where to listen: unix:PATH, tcp:HOST:PORT or fd:N.")
    var listen: String?

    @Option(help: "Permissions of the Unix socket, octal. [default: 660]")
    var mode: String?

    @Option(help: "Threads, 1 to 256. [default: as many as processors, at least 2]")
    var workers: String?

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        do {
            let settings = try options.settings()
            let logger = Logs.start(settings, to: .standardError)
            if listen == nil, CGIProgram.isRunning(environment: Environment.value) {
                return try await Assembly.answerCGI(settings, logger: logger)
            }
            let listeners = try listeners()
            let workers = try threads()
            let limits = Assembly.limits(connections: try DescriptorBudget.raised().connections)
            try await Assembly.run(settings, logger: logger) {
                [$0.responder(listeners: listeners, workers: workers, limits: limits)]
            }
        } catch {
            throw fail(error)
        }
    }

    private func listeners() throws -> [FastCGIListener] {
        guard let listen else {
            let found = InheritedSocket.find(environment: Environment.value)
            guard !found.isEmpty else {
                throw SettingError(
                    name: "--listen", value: "",
                    allowed: "unix:PATH, tcp:HOST:PORT or fd:N; it may be left out only when spawn-fcgi, a web server "
                        + "or systemd has opened the listening socket, and none was found")
            }
            return found
        }
        let mode = mode ?? "660"
        guard mode.utf8.allSatisfy({ (0x30...0x37).contains($0) }), let permissions = UInt32(mode, radix: 8),
            permissions <= 0o777
        else {
            throw SettingError(name: "--mode", value: mode, allowed: "octal digits, 0 to 777")
        }
        do {
            return [try FastCGIListener(parsing: listen, mode: permissions)]
        } catch {
            throw SettingError(
                name: "--listen", value: listen, allowed: "unix:PATH (at most 107 bytes), tcp:HOST:PORT or fd:N")
        }
    }

    private func threads() throws -> Int? {
        guard let workers else { return nil }
        guard let count = Parse.number(workers, in: 1...256) else {
            throw SettingError(name: "--workers", value: workers, allowed: "1 to 256")
        }
        return count
    }
}
