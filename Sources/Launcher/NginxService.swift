import AsyncHTTPClient
import Glibc
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// Runs nginx as a child, and stops it gracefully.
package struct NginxService: Service {
    private let command: ChildProcess.Command
    /// Held, and so locked, as long as the service.
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

    /// Renders the configuration, and has nginx check it.
    ///
    /// - Throws: ``LauncherError`` or ``TemplateError``: no nginx, or one without a module that is needed, a port that is
    ///   taken, a directory that cannot be written, a configuration that is refused.
    package static func prepare(_ configuration: NginxConfiguration, logger: Logger) async throws -> NginxService {
        let program = try SearchPath.find(configuration.program, path: configuration.environment["PATH"])
        let run = configuration.runDirectory
        let rendered = try Template(contentsOf: configuration.template).render(configuration.variables)
        // Before anything is written: another one may run there.
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
            // Workers of another user could not reach the socket and the directories of this one.
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

    /// The version of the nginx that a name in `PATH` leads to, such as `1.22.1`; nil where there is none.
    package static func version(of program: String = "nginx", environment: [String: String]) async -> String? {
        guard let path = try? SearchPath.find(program, path: environment["PATH"]),
            let output = try? await Output.of(path, ["-v"], environment: []),
            let slash = output.text.firstIndex(of: "/")
        else { return nil }
        return String(output.text[slash...].dropFirst().prefix { $0 == "." || $0.isASCII && $0.isNumber })
    }

    /// Where modules that the templates do not use, but that nginx may be built with, shall put their temporary
    /// files: the places that are compiled in cannot be written by an ordinary user.
    private static func temporaryPaths(_ version: String, _ run: String) -> String {
        ["proxy", "scgi", "uwsgi"].filter { version.contains("--http-\($0)-temp-path=") }
            .map { "\($0)_temp_path \(run)/nginx-\($0);\n" }.joined()
    }

    /// Runs nginx until a graceful shutdown has stopped it.
    ///
    /// - Throws: ``LauncherError/childEnded(_:_:)`` when it ended by itself.
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
        // A master that was killed leaves its workers behind.
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

/// The signals that an nginx takes to stop.
///
/// nginx drops requests on `SIGTERM`, and lets them finish on `SIGQUIT`. A platform that sends `SIGTERM` to every
/// process of a container needs it the other way round, so the image's own nginx is built with the two exchanged, and
/// says so by the name of its build (`--build=graceful-term`).
struct NginxSignals: Equatable {
    /// The name of a build with the meanings exchanged.
    static let exchangedBuild = "graceful-term"

    /// Open requests finish.
    var graceful: Int32
    /// Open requests are dropped.
    var fast: Int32

    /// - Parameter version: what `nginx -V` prints.
    init(version: String) {
        let firstLine = version.prefix { $0 != "\n" }
        let isExchanged = firstLine.hasSuffix("(\(Self.exchangedBuild))")
        (graceful, fast) = isExchanged ? (SIGTERM, SIGQUIT) : (SIGQUIT, SIGTERM)
    }
}

/// Waits until the service answers through nginx, says so, and does nothing more.
package struct ReadinessService: Service {
    private let address: String
    private let timeout: Duration
    private let onReady: @Sendable () -> Void

    /// - Parameters:
    ///   - address: what to ask: `/health` through nginx.
    ///   - timeout: how long the first good answer may take.
    ///   - onReady: called once.
    package init(
        address: String, timeout: Duration = .seconds(30), onReady: @escaping @Sendable () -> Void
    ) {
        self.address = address
        self.timeout = timeout
        self.onReady = onReady
    }

    /// Waits for the first answer, then for the end.
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

/// Asks a running service how it is.
package enum HealthCheck {
    /// A client for it, to be shut down afterwards. It asks this machine by its address, which no certificate names,
    /// so it takes any.
    package static func client() -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Asks once.
    ///
    /// - Parameters:
    ///   - address: of `/health`.
    ///   - client: asks it.
    ///   - timeout: for the whole answer.
    /// - Returns: nil when the answer is 200, else what was wrong.
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
