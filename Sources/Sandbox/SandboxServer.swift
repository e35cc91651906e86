import FoundationEssentials
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// An emulator of the interfaces of Instagram (hashtag search), Mastodon, Pixelfed and Flickr on the loopback interface.
///
/// Anyone who speaks that interface can be pointed at it, at the base address `<address>/v23.0`; any other version
/// does as well. Posts and pictures come from a ``SandboxWorld``; the responses, with their errors, quota and paging, are
/// those that upstream documents.
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

    /// Creates a server, which listens from ``run()`` on.
    ///
    /// - Parameters:
    ///   - configuration: what to emulate and where to listen; checked by ``run()``.
    ///   - logger: where it tells that it listens.
    ///   - now: the time, in seconds since 1970.
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

    /// Creates a server that goes by the system's clock.
    ///
    /// - Parameters:
    ///   - configuration: what to emulate and where to listen; checked by ``run()``.
    ///   - logger: where it tells that it listens.
    package convenience init(configuration: SandboxConfiguration, logger: Logger) {
        self.init(configuration: configuration, logger: logger, now: SystemClock.now)
    }

    /// Serves until graceful shutdown, or until the task is cancelled. A server runs once.
    ///
    /// - Throws: ``SandboxError``: a field of the configuration is out of its range, the port is taken, or the
    ///   server was run before.
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

    /// The origin of the server, e.g. `http://127.0.0.1:49152`: waits until it listens.
    ///
    /// - Throws: the ``SandboxError`` with which ``run()`` failed, ``SandboxError/stopped`` once it has returned, or
    ///   `CancellationError` when the task is cancelled meanwhile.
    package func address() async throws -> String {
        try await state.address()
    }

    /// How many requests there were of each route so far.
    package var requestCounts: [SandboxCall: Int] { counter.counts }

    /// How many requests there were of each route so far, for each hashtag, by its name in lower case; by its id where
    /// the sandbox never saw it searched for.
    package var hashtagRequestCounts: [String: [SandboxCall: Int]] { counter.hashtagCounts }

    /// Replaces the faults; their requests and their time count from now on.
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

/// Whether a server listens, and who waits for that.
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

    /// Notes that the server starts; false when it did before.
    func start() -> Bool {
        contents.withLock { contents in
            guard case .fresh = contents.phase else { return false }
            contents.phase = .starting
            return true
        }
    }

    /// Notes the address, and tells it to who waits.
    func listen(on address: String) {
        move(to: .listening(address: address), .success(address))
    }

    /// Notes that the server has stopped or did not come to listen, and tells it to who waits.
    func end(_ reason: SandboxError) {
        move(to: .ended(reason), .failure(reason))
    }

    /// Whether the server listens now.
    var isListening: Bool {
        contents.withLock { if case .listening = $0.phase { true } else { false } }
    }

    /// Waits for the address.
    ///
    /// - Throws: what ``end(_:)`` was called with, or `CancellationError`.
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
                        // The handler below may have run already, and found nobody to tell.
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

/// What the sandbox knows about hosts.
enum Loopback {
    /// Whether a host names the loopback interface: `localhost`, `::1`, or an IPv4 address in 127.0.0.0/8.
    static func contains(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        // Digits only: `UInt8("+1")` is a number, `127.+1.0.1` is no address.
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.isDigits && UInt8($0) != nil }
    }

    /// The origin that a client uses, with brackets around an IPv6 address.
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
