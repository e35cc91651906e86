import AsyncHTTPClient
import Glibc
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// Runs nginx as a child process, and stops it gracefully.
package struct NginxService: Service {
    private let command: ChildProcess.Command
    /// Keeps the directory locked while the service exists.
    private let directory: RunDirectory
    private let signals: NginxSignals
    private let stopTimeout: Duration
    private let logger: Logger

    private init(
        command: ChildProcess.Command, directory: RunDirectory, signals: NginxSignals, stopTimeout: Duration,
        logger: Logger
    ) {
        self.command = command
        self.directory = directory
        self.signals = signals
        self.stopTimeout = stopTimeout
        self.logger = logger
    }

    /// Renders the configuration and lets nginx check it.
    ///
    /// - Throws: ``LauncherError`` or ``TemplateError`` if nginx or a module is missing, the port is taken, the
    ///   directory is not writable, or nginx rejects the configuration.
    package static func prepare(_ configuration: NginxConfiguration, logger: Logger) async throws -> NginxService {
        let program = try SearchPath.find(configuration.program, path: configuration.environment["PATH"])
        let run = configuration.runDirectory
        let rendered = try Template(contentsOf: configuration.template).render(configuration.variables)
        // Lock the directory before writing to it: another instance may run there.
        let directory = try RunDirectory(run)
        try directory.write(rendered, to: "nginx.conf")
        let environment = configuration.environment.filter { ["PATH", "TZ"].contains($0.key) }
            .map { "\($0.key)=\($0.value)" }
        let version = try await Output.of(program, ["-V"], environment: environment)
        let missing = NginxModules.missing(in: version.text, for: rendered)
        guard missing.isEmpty else { throw LauncherError.modulesMissing(missing) }
        try directory.write(temporaryPaths(version.text, run), to: "nginx-modules.conf")
        var directives = "daemon off;"
        if geteuid() == 0 {
            // Workers of another user could not access the socket and directories of this user.
            logger.notice("running as root: nginx's workers run as root, too; an ordinary user is enough")
            directives += " user root;"
        }
        let arguments = ["-p", run, "-e", "stderr", "-c", "\(run)/nginx.conf", "-g", directives]
        let check = try await Output.of(program, arguments + ["-t", "-q"], environment: environment)
        guard check.status == .exited(0) else {
            throw LauncherError.configurationRefused(check.text.split(separator: "\n").joined(separator: " "))
        }
        try PortCheck.check(host: configuration.host, port: configuration.port)
        let command = ChildProcess.Command(
            path: program, arguments: arguments, environment: environment, reapsOrphans: true)
        return NginxService(
            command: command, directory: directory, signals: NginxSignals(version: version.text),
            stopTimeout: configuration.stopTimeout, logger: logger)
    }

    /// Returns the version of the nginx in `PATH`, such as `1.22.1`, or nil if there is none.
    package static func version(of program: String = "nginx", environment: [String: String]) async -> String? {
        guard let path = try? SearchPath.find(program, path: environment["PATH"]),
            let output = try? await Output.of(path, ["-v"], environment: []),
            let slash = output.text.firstIndex(of: "/")
        else { return nil }
        return String(output.text[slash...].dropFirst().prefix { $0 == "." || $0.isASCII && $0.isNumber })
    }

    /// Directives that move the temporary files of modules that nginx may contain, although the templates do not use
    /// them: an ordinary user cannot write to the default directories.
    private static func temporaryPaths(_ version: String, _ run: String) -> String {
        ["proxy", "scgi", "uwsgi"].filter { version.contains("--http-\($0)-temp-path=") }
            .map { "\($0)_temp_path \(run)/nginx-\($0);\n" }.joined()
    }

    /// Runs nginx until a graceful shutdown stops it.
    ///
    /// - Throws: ``LauncherError/childEnded(_:_:)`` if nginx ends by itself.
    package func run() async throws {
        var command = command
        let output = StandardOutput.forChild()
        command.output = output.descriptor
        defer { if output.isPipe { close(output.descriptor) } }
        let errors = NginxErrors.forChild(logger)
        command.errors = errors.descriptor
        defer { if errors.isPipe { close(errors.descriptor) } }
        let child = try await ChildProcess.start(command)
        logger.debug("nginx started", metadata: ["pid": "\(child.id)"])
        let status = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await child.exitStatus()
            } onGracefulShutdown: {
                stop(child)
            }
        } onCancel: {
            child.send(signals.fast)
            killLater(child, after: .seconds(1))
        }
        // If the master was killed, its workers still run.
        child.sendToGroup(SIGKILL)
        guard Task.isShuttingDownGracefully || Task.isCancelled else {
            throw LauncherError.childEnded("nginx", status)
        }
        logger.debug("nginx stopped", metadata: ["status": "\(status)"])
    }

    private func stop(_ child: ChildProcess) {
        child.send(signals.graceful)
        Task {
            try await Task.sleep(for: stopTimeout)
            logger.warning("nginx still serves requests after \(stopTimeout): stopping it at once")
            child.send(signals.fast)
            killLater(child, after: .seconds(1))
        }
    }

    private func killLater(_ child: ChildProcess, after delay: Duration) {
        Task {
            try await Task.sleep(for: delay)
            child.sendToGroup(SIGKILL)
        }
    }
}

/// The signals that stop nginx.
///
/// nginx drops requests on `SIGTERM`, and lets them finish on `SIGQUIT`. A platform that sends `SIGTERM` to every
/// process of a container needs the opposite. Therefore the nginx of the container image is built with the two
/// signals exchanged, and the name of its build shows this (`--build=graceful-term`).
struct NginxSignals: Equatable {
    /// The name of the build with exchanged signals.
    static let exchangedBuild = "graceful-term"

    /// Lets open requests finish.
    var graceful: Int32
    /// Drops open requests.
    var fast: Int32

    /// - Parameter version: the output of `nginx -V`.
    init(version: String) {
        let firstLine = version.prefix { $0 != "\n" }
        let isExchanged = firstLine.hasSuffix("(\(Self.exchangedBuild))")
        (graceful, fast) = isExchanged ? (SIGTERM, SIGQUIT) : (SIGQUIT, SIGTERM)
    }
}

/// Reports once that the service responds through nginx.
package struct ReadinessService: Service {
    private let address: String
    private let timeout: Duration
    private let onReady: @Sendable () -> Void

    /// - Parameters:
    ///   - address: the URL of `/health` through nginx.
    ///   - timeout: the time limit for the first successful response.
    ///   - onReady: called once.
    package init(
        address: String, timeout: Duration = .seconds(30), onReady: @escaping @Sendable () -> Void
    ) {
        self.address = address
        self.timeout = timeout
        self.onReady = onReady
    }

    /// Waits for the first successful response, then for the shutdown.
    ///
    /// - Throws: ``LauncherError/notReady(_:reason:)``.
    package func run() async throws {
        let client = HealthCheck.client()
        do {
            try await cancelWhenGracefulShutdown { try await wait(client) }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        try? await gracefulShutdown()
    }

    private func wait(_ client: HTTPClient) async throws {
        let deadline = ContinuousClock.now + timeout
        while let reason = await HealthCheck.failure(address, client: client, timeout: .seconds(5)) {
            if Task.isCancelled { return }
            guard ContinuousClock.now < deadline else { throw LauncherError.notReady(address, reason: reason) }
            try await Task.sleep(for: .milliseconds(20))
        }
        onReady()
    }
}

/// Checks the health of a running service.
package enum HealthCheck {
    /// Creates a client for the check; the caller shuts it down. It accepts any certificate, because it connects to
    /// this machine by IP address, which no certificate names.
    package static func client() -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Requests the health once.
    ///
    /// - Parameters:
    ///   - address: the URL of `/health`.
    ///   - timeout: the time limit for the whole response.
    /// - Returns: nil if the status is 200, otherwise the reason of the failure.
    package static func failure(_ address: String, client: HTTPClient, timeout: Duration) async -> String? {
        do {
            let response = try await client.execute(HTTPClientRequest(url: address), timeout: TimeAmount(timeout))
            _ = try await response.body.collect(upTo: 1 << 20)
            return response.status == .ok ? nil : "status \(response.status.code)"
        } catch {
            return "\(error)"
        }
    }
}
