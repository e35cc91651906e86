import ArgumentParser
import AsyncHTTPClient
import Crawler
import FastCGI
import Hummingbird
import HummingbirdFastCGI
import Logging
import Pictures
import Posts
import Prometheus
import Sandbox
import ServiceLifecycle
import Storage
import Synchronization
import Upstreams
import Web

/// Creates and connects everything.
struct Assembly: Sendable {
    /// The limits of the FastCGI server. They are small because there are no uploads.
    ///
    /// - Parameter connections: the largest number of open connections; see ``DescriptorBudget``.
    static func limits(connections: Int? = nil) -> FastCGILimits {
        var limits = FastCGILimits()
        limits.bodyBytes = WebConfiguration().bodyBytes
        limits.connections = connections
        return limits
    }

    let settings: Settings
    let logger: Logger
    let client: HTTPClient
    let gallery: GalleryBox
    let keeping: Keeping
    let monitor = CrawlMonitor()
    let metrics: MetricsRegistry
    let sourceMeter: SourceMeter
    let sandbox: SandboxServer?
    private let events: EventBroadcaster
    /// Finishes when the gallery shows the stored posts.
    private let loading = AsyncStream<Void>.makeStream()

    init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .upstream())
        keeping = Keeping(database: settings.database, retention: settings.retention, logger: logger)
        metrics = MetricsRegistry()
        sourceMeter = SourceMeter(metrics)
        gallery = GalleryBox(Gallery(hashtags: settings.hashtags))
        events = EventBroadcaster(gallery: gallery)
        sandbox =
            settings.sources.contains(where: \.startsSandbox)
            ? SandboxServer(configuration: SandboxConfiguration(), logger: logger) : nil
    }

    /// Runs the crawler and other services until a signal arrives or one of them fails.
    static func run(
        _ settings: Settings, logger: Logger, _ services: (Assembly) async throws -> [any Service]
    ) async throws {
        let assembly = Assembly(settings, logger: logger)
        do {
            let services = try await services(assembly)
            // Services stop in reverse order. Event streams must stop first because they do not end by themselves.
            try await assembly.serve(
                assembly.foundations
                    + [Crawling(crawler: assembly.crawler, onLoaded: assembly.loading.continuation.finish)]
                    + services + [assembly.events])
        } catch {
            try? await assembly.client.shutdown()
            throw error
        }
    }

    /// Crawls once, and responds to the request for which the web server started this CGI program.
    static func answerCGI(_ settings: Settings, logger: Logger) async throws {
        let assembly = Assembly(settings, logger: logger)
        let answer = OneTimeService {
            let crawler = try await assembly.crawler()
            await crawler.loadGallery()
            _ = await crawler.crawlOnce(deadline: crawlTimeout, onlyDue: true)
            try await assembly.application(listeners: [], limits: limits()).answerCGI(environment: Environment.all)
        }
        try await assembly.serve(assembly.foundations, endingWith: answer)
    }

    /// The time after which a CGI program stops crawling and responds with the posts it has.
    private static let crawlTimeout = Duration.seconds(10)

    func serve(_ services: [any Service], endingWith last: OneTimeService? = nil) async throws {
        var configurations = services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        if var last {
            last.waitsForTheEnd = false
            configurations.append(
                .init(service: last, successTerminationBehavior: .gracefullyShutdownGroup))
        }
        try await Self.group(configurations, logger: logger).run()
    }

    /// A group of services that stops gracefully on a signal.
    static func group(
        _ services: [ServiceGroupConfiguration.ServiceConfiguration], logger: Logger
    ) -> ServiceGroup {
        ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint, .sigusr1], logger: logger))
    }

    /// The responder as a service. It accepts requests only after the stored posts are loaded. Otherwise a new process
    /// that shares a socket with others would show an empty gallery.
    func responder(
        listeners: [FastCGIListener], workers: Int? = nil, limits: FastCGILimits
    ) -> some Service {
        WaitingService(
            application(listeners: listeners, workers: workers, limits: limits), until: loading.stream)
    }

    private func application(
        listeners: [FastCGIListener], workers: Int? = nil, limits: FastCGILimits
    ) -> FastCGIApplication<some HTTPResponder<BasicFastCGIRequestContext>> {
        let web = WebApplication(
            context: BasicFastCGIRequestContext.self,
            configuration: WebConfiguration(
                version: Instacrawler.version, frameAncestors: settings.frameAncestors),
            gallery: gallery,
            health: { [monitor, keeping, sourceMeter] in
                HealthReport(
                    sources: monitor.snapshot(), role: monitor.role, storage: keeping.health(),
                    budgets: sourceMeter.budgets)
            },
            pictures: pictures, events: events, metrics: metrics, accessKey: settings.accessKey, logger: logger
        )
        let application = FastCGIApplication(
            responder: web.buildResponder(), listeners: listeners, workers: workers, limits: limits, logger: logger)
        metrics.add(FastCGIMetrics(statistics: application.statistics))
        metrics.add(ProcessMetrics())
        metrics.add { [MetricFamily.buildInfo] }
        return application
    }

    /// Fetches pictures. Loopback addresses are allowed only if all sources run on this machine, so that posts of
    /// strangers cannot reach its services.
    var pictures: PictureProxy {
        PictureProxy(
            configuration: PictureProxyConfiguration(allowLoopback: settings.sources.allSatisfy(\.isLocal)))
    }

    /// The services that stop last: the sandbox, if there is one, and the HTTP client.
    var foundations: [any Service] {
        let client = ClientService(client: client)
        return sandbox.map { [$0, client] } ?? [client]
    }

    /// Creates the crawler once the addresses of its sources are known.
    func crawler() async throws -> CrawlerService {
        let local = settings.sources.filter(\.isLocal).map(\.name)
        var sources: [any PostSource] = []
        for setting in settings.sources { sources.append(sourceMeter.measured(try await setting.make(self))) }
        return CrawlerService(
            configuration: .init(
                hashtags: settings.hashtags, showsSensitive: settings.showsSensitive, interval: settings.interval,
                localSources: Set(local)),
            sources: sources, store: keeping.posts, ledger: keeping.ledger, gallery: gallery,
            monitor: monitor, logger: logger)
    }
}

extension MetricFamily {
    fileprivate static var buildInfo: MetricFamily {
        MetricFamily(
            "instacrawler_build_info", .gauge, help: "1, with the version of the program.",
            samples: [MetricSample(labels: [MetricSample.Label("version", Instacrawler.version)], value: 1)])
    }
}

/// The crawler as a service that waits for the sandbox.
private struct Crawling: Service {
    let crawler: @Sendable () async throws -> CrawlerService
    let onLoaded: @Sendable () -> Void

    func run() async throws {
        let crawler = try await crawler()
        await crawler.loadGallery()
        onLoaded()
        try await crawler.run()
    }
}

/// Closes the client's connections at shutdown, so that the sandbox does not wait for them.
private struct ClientService: Service {
    let client: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}

extension BasicFastCGIRequestContext: WebServerContext {
    package var acceleration: Acceleration? { cgi["INSTACRAWLER_ACCEL"].flatMap(Acceleration.init) }
}

extension Assembly {
    /// Runs a command with a crawler, and with a sandbox if it needs one, until the command returns or a signal
    /// arrives.
    ///
    /// - Returns: the exit code of the command.
    static func crawl(
        _ settings: Settings, _ command: @escaping @Sendable (Assembly, CrawlerService) async throws -> ExitCode
    ) async throws -> ExitCode {
        // The command prints the posts itself; a service logs them at `info`.
        var settings = settings
        if settings.logLevel == .info { settings.logLevel = .warning }
        let logger = Logs.start(settings, to: .standardError)
        let assembly = Assembly(settings, logger: logger)
        let code = Mutex(ExitCode.failure)
        let work = OneTimeService {
            let crawler = try await assembly.crawler()
            let result = try await command(assembly, crawler)
            code.withLock { $0 = result }
        }
        do {
            try await assembly.serve(assembly.foundations, endingWith: work)
        } catch {
            try? await assembly.client.shutdown()
            throw error
        }
        return code.withLock { $0 }
    }
}

/// The stores of posts and of the crawl ledger.
struct Keeping: Sendable {
    let posts: any PostStore
    let ledger: any CrawlLedger
    /// Returns the state of the storage.
    let health: @Sendable () -> StorageHealth

    /// - Parameter database: the path of the database file; `nil` keeps everything in memory.
    init(database: String?, retention: Int, logger: Logger) {
        guard let database else {
            posts = MemoryPostStore(retention: retention)
            ledger = MemoryCrawlLedger()
            health = { .memoryOnly }
            return
        }
        let store = ResilientStore(path: database, retention: retention, logger: logger)
        posts = store
        ledger = store
        health = { store.health }
    }
}

/// Runs an operation once, and then waits for graceful shutdown.
struct OneTimeService: Service {
    /// Whether the service continues to run until the others stop.
    var waitsForTheEnd = true
    private let act: @Sendable () async throws -> Void

    init(_ act: @escaping @Sendable () async throws -> Void) {
        self.act = act
    }

    func run() async throws {
        try await act()
        if waitsForTheEnd { try? await gracefulShutdown() }
    }
}

/// A service that starts after an event.
struct WaitingService: Service {
    private let base: any Service
    private let event: AsyncStream<Void>

    /// - Parameters:
    ///   - base: the service.
    ///   - event: finishes when the event has happened; nothing else may iterate it.
    init(_ base: any Service, until event: AsyncStream<Void>) {
        self.base = base
        self.event = event
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { for await _ in event {} }
        try await base.run()
    }
}
