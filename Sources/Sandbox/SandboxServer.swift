import FoundationEssentials
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// Emulates the interfaces of Instagram (hashtag search), Mastodon, Pixelfed and Flickr on the loopback interface.
///
/// Clients of the Graph API use the base address `<address>/v23.0`, or any other version. Posts and pictures come from
/// a ``SandboxWorld``. Responses, errors, quota and paging follow the documentation of the services.
///
/// ```swift
/// let sandbox = SandboxServer(configuration: SandboxConfiguration(), logger: logger)
/// let group = ServiceGroup(services: [sandbox], gracefulShutdownSignals: [.sigterm], logger: logger)
/// async let running: Void = group.run()
/// print(try await sandbox.address())
/// ```
package final class SandboxServer: Service {
    private let configuration: SandboxConfiguration
    private let logger: Logger
    private let now: @Sendable () -> Double
    private let state = ListeningState()
    private let script: FaultScript
    private let counter = RequestCounter()

    /// Creates a server, which listens when ``run()`` is called.
    ///
    /// - Parameters:
    ///   - configuration: the emulation and the address to listen on; ``run()`` validates it.
    ///   - logger: logs that the server listens.
    ///   - now: returns the time, in seconds since 1970.
    package init(
        configuration: SandboxConfiguration,
        logger: Logger,
        now: @escaping @Sendable () -> Double
    ) {
        self.configuration = configuration
        self.logger = logger
        self.now = now
        script = FaultScript(rules: configuration.faults, seed: configuration.seed, now: now)
    }

    /// Creates a server that uses the system's clock.
    ///
    /// - Parameters:
    ///   - configuration: the emulation and the address to listen on; ``run()`` validates it.
    ///   - logger: logs that the server listens.
    package convenience init(configuration: SandboxConfiguration, logger: Logger) {
        self.init(configuration: configuration, logger: logger, now: SystemClock.now)
    }

    /// Serves until graceful shutdown or cancellation. A server can run only once.
    ///
    /// - Throws: ``SandboxError`` if a field of the configuration is invalid, the port is in use, or the server ran
    ///   before.
    package func run() async throws {
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

    /// The origin of the server, for example `http://127.0.0.1:49152`. Waits until the server listens.
    ///
    /// - Throws: the ``SandboxError`` of ``run()``, ``SandboxError/stopped`` after it has returned, or
    ///   `CancellationError`.
    package func address() async throws -> String {
        try await state.address()
    }

    /// The number of requests of each route so far.
    package var requestCounts: [SandboxCall: Int] { counter.counts }

    /// The number of requests of each route so far, by hashtag. The key is the name in lower case, or the ID if the
    /// sandbox never saw a search for it.
    package var hashtagRequestCounts: [String: [SandboxCall: Int]] { counter.hashtagCounts }

    /// Replaces the faults; their request counts and times start again.
    package func show(_ faults: [FaultRule]) { script.replace(faults) }

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
            // Errors before the server listens come from the system. Later, only cancellation is possible.
            guard !state.isListening, !Task.isCancelled else { return }
            throw SandboxError.cannotListen(host: host, port: port, reason: "\(error)")
        }
    }

    /// A logger without Hummingbird's own message, because the sandbox logs that it listens.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        return quiet
    }
}

/// Whether a server listens, and the tasks that wait for it.
final class ListeningState: Sendable {
    private enum Phase {
        case fresh, starting
        case listening(address: String)
        case ended(SandboxError)
    }

    private struct Contents {
        var phase = Phase.fresh
        var waiters: [Int: CheckedContinuation<String, any Error>] = [:]
        var nextWaiter = 0
    }

    private let contents = Mutex(Contents())

    /// Records that the server starts; returns `false` if it started before.
    func start() -> Bool {
        contents.withLock { contents in
            guard case .fresh = contents.phase else { return false }
            contents.phase = .starting
            return true
        }
    }

    /// Records the address and resumes the waiting tasks.
    func listen(on address: String) {
        move(to: .listening(address: address), .success(address))
    }

    /// Records that the server has stopped or failed to start, and resumes the waiting tasks.
    func end(_ reason: SandboxError) {
        move(to: .ended(reason), .failure(reason))
    }

    var isListening: Bool {
        contents.withLock { if case .listening = $0.phase { true } else { false } }
    }

    /// Waits for the address.
    ///
    /// - Throws: the error passed to ``end(_:)``, or `CancellationError`.
    func address() async throws -> String {
        let waiter = contents.withLock { contents in
            contents.nextWaiter += 1
            return contents.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let known: Result<String, any Error>? = contents.withLock { contents in
                    switch contents.phase {
                    case .listening(let address): return .success(address)
                    case .ended(let reason): return .failure(reason)
                    case .fresh, .starting:
                        // The cancellation handler below may have run before there was a task to resume.
                        if Task.isCancelled { return .failure(CancellationError()) }
                        contents.waiters[waiter] = continuation
                        return nil
                    }
                }
                if let known { continuation.resume(with: known) }
            }
        } onCancel: {
            let continuation = contents.withLock { $0.waiters.removeValue(forKey: waiter) }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func move(to phase: Phase, _ news: Result<String, any Error>) {
        let waiters = contents.withLock { contents in
            contents.phase = phase
            defer { contents.waiters = [:] }
            return contents.waiters.values
        }
        for waiter in waiters {
            waiter.resume(with: news)
        }
    }
}

/// Checks and formats loopback hosts.
enum Loopback {
    /// Whether a host names the loopback interface: `localhost`, `::1`, or an IPv4 address in 127.0.0.0/8.
    static func contains(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        // Digits only: `UInt8("+1")` succeeds, but `127.+1.0.1` is not an address.
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.isDigits && UInt8($0) != nil }
    }

    /// The origin for clients, with brackets around an IPv6 address.
    static func origin(host: String, port: Int) -> String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}

/// The machine's clock.
enum SystemClock {
    /// Seconds since 1970.
    @Sendable static func now() -> Double {
        Date().timeIntervalSince1970
    }
}
