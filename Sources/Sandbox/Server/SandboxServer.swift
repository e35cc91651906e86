import Hummingbird
public import Logging
public import ServiceLifecycle

/// An emulator of the interfaces of Instagram (hashtag search), Mastodon, Pixelfed and Flickr on the loopback interface.
///
/// Anyone who speaks that interface can be pointed at it, at the base address `<address>/v23.0`; any other version
/// does as well. Posts and pictures come from a ``SandboxWorld``; the answers, with their errors, quota and paging, are
/// those that upstream documents.
///
/// ```swift
/// let sandbox = SandboxServer(configuration: SandboxConfiguration(), logger: logger)
/// let group = ServiceGroup(services: [sandbox], gracefulShutdownSignals: [.sigterm], logger: logger)
/// async let running: Void = group.run()
/// print(try await sandbox.address())
/// ```
public final class SandboxServer: Service {
    private let configuration: SandboxConfiguration
    private let logger: Logger
    private let now: @Sendable () -> Double
    private let state = ListeningState()
    private let script: FaultScript
    private let counter = RequestCounter()

    /// Creates a server, which listens from ``run()`` on.
    ///
    /// - Parameters:
    ///   - configuration: what to emulate and where to listen; checked by ``run()``.
    ///   - logger: where it tells that it listens.
    ///   - now: the time, in seconds since 1970.
    public init(
        configuration: SandboxConfiguration,
        logger: Logger,
        now: @escaping @Sendable () -> Double
    ) {
        self.configuration = configuration
        self.logger = logger
        self.now = now
        script = FaultScript(rules: configuration.faults, seed: configuration.seed, now: now)
    }

    /// Creates a server that goes by the system's clock.
    ///
    /// - Parameters:
    ///   - configuration: what to emulate and where to listen; checked by ``run()``.
    ///   - logger: where it tells that it listens.
    public convenience init(configuration: SandboxConfiguration, logger: Logger) {
        self.init(configuration: configuration, logger: logger, now: SystemClock.now)
    }

    /// Serves until graceful shutdown, or until the task is cancelled. A server runs once.
    ///
    /// - Throws: ``SandboxError``: a field of the configuration is out of its range, the port is taken, or the
    ///   server was run before.
    public func run() async throws {
        guard state.start() else { throw SandboxError.alreadyRun }
        do throws(SandboxError) {
            try configuration.validate()
            try await serve()
        } catch {
            state.end(error)
            throw error
        }
        state.end(.stopped)
    }

    /// The origin of the server, e.g. `http://127.0.0.1:49152`: waits until it listens.
    ///
    /// - Throws: the ``SandboxError`` with which ``run()`` failed, ``SandboxError/stopped`` once it has returned, or
    ///   `CancellationError` when the task is cancelled meanwhile.
    public func address() async throws -> String {
        try await state.address()
    }

    /// How many requests there were of each route so far.
    public var requestCounts: [SandboxCall: Int] { counter.counts }

    /// How many requests there were of each route so far, for each hashtag, by its name in lower case; by its id where
    /// the sandbox never saw it searched for.
    public var hashtagRequestCounts: [String: [SandboxCall: Int]] { counter.hashtagCounts }

    /// Replaces the faults; their requests and their time count from now on.
    public func show(_ faults: [FaultRule]) { script.replace(faults) }

    private func serve() async throws(SandboxError) {
        let (host, port) = (configuration.host, configuration.port)
        let application = Application(
            router: SandboxRouter.make(configuration: configuration, script: script, counter: counter, now: now),
            configuration: .init(address: .hostname(host, port: port)),
            onServerRunning: { [state, logger] channel in
                let address = Loopback.origin(host: host, port: channel.localAddress?.port ?? port)
                logger.info("Sandbox listens", metadata: ["address": "\(address)"])
                state.listen(on: address)
            },
            logger: quiet
        )
        do {
            try await application.run()
        } catch {
            // What comes before the server listens is the system's refusal; later it can only be cancellation.
            guard !state.isListening, !Task.isCancelled else { return }
            throw SandboxError.cannotListen(host: host, port: port, reason: "\(error)")
        }
    }

    /// The logger for what is below: the sandbox says itself that it listens.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        return quiet
    }
}
