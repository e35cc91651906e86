import AsyncHTTPClient
import Crawler
import FastCGI
import Hummingbird
import HummingbirdFastCGI
import Logging
import Sandbox
import ServiceLifecycle
import Storage
import Web

/// Puts the rooms together.
struct Assembly: Sendable {
    /// Limits for what one peer may take: there is nothing to upload here.
    static var limits: FastCGILimits {
        var limits = FastCGILimits()
        limits.bodyBytes = 65_536
        return limits
    }

    let settings: Settings
    let logger: Logger
    let client: HTTPClient
    private let gallery: GalleryBox
    private let monitor = CrawlMonitor()
    private let sandbox: SandboxServer?

    private init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .upstream())
        gallery = GalleryBox(Gallery(hashtags: settings.hashtags))
        sandbox =
            if case .sandbox(graphURL: nil) = settings.source {
                SandboxServer(configuration: SandboxConfiguration(), logger: logger)
            } else {
                nil
            }
    }

    /// Runs the crawler and what is given, until a signal or until one of them fails.
    static func run(
        _ settings: Settings, logger: Logger, _ services: (Assembly) async throws -> [any Service]
    ) async throws {
        let assembly = Assembly(settings, logger: logger)
        do {
            let services = try await services(assembly)
            try await assembly.serve(assembly.foundations + [assembly.crawling] + services)
        } catch {
            try? await assembly.client.shutdown()
            throw error
        }
    }

    /// Crawls once, and answers the request that a web server started this process for.
    static func answerCGI(_ settings: Settings, logger: Logger) async throws {
        let assembly = Assembly(settings, logger: logger)
        let answer = OneTimeService {
            let crawler = try await assembly.crawling.service()
            await crawler.loadGallery()
            _ = await crawler.crawlOnce(deadline: crawlTimeout)
            try await assembly.application(listeners: [], limits: limits).answerCGI(environment: Environment.all)
        }
        try await assembly.serve(assembly.foundations, endingWith: answer)
    }

    /// How long a CGI program crawls before it answers with what it has.
    private static let crawlTimeout = Duration.seconds(10)

    private func serve(_ services: [any Service], endingWith last: OneTimeService? = nil) async throws {
        var configurations = services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        if var last {
            last.waitsForTheEnd = false
            configurations.append(
                .init(service: last, successTerminationBehavior: .gracefullyShutdownGroup))
        }
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: configurations, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    /// The responder as a service.
    func responder(
        listeners: [FastCGIListener], workers: Int? = nil, limits: FastCGILimits = Assembly.limits
    ) -> some Service {
        application(listeners: listeners, workers: workers, limits: limits)
    }

    private func application(
        listeners: [FastCGIListener], workers: Int? = nil, limits: FastCGILimits
    ) -> FastCGIApplication<some HTTPResponder<BasicFastCGIRequestContext>> {
        let usesSandbox = if case .sandbox = settings.source { true } else { false }
        let web = WebApplication(
            context: BasicFastCGIRequestContext.self, gallery: gallery,
            health: { [monitor] in HealthReport(monitor.snapshot()) },
            pictures: PictureProxy(configuration: PictureProxyConfiguration(allowLoopback: usesSandbox)), logger: logger
        )
        return FastCGIApplication(
            responder: web.buildResponder(), listeners: listeners, workers: workers, limits: limits, logger: logger)
    }

    /// What stands until all else has ended: the sandbox, where one is to be started, and the client.
    private var foundations: [any Service] {
        let client = ClientService(client: client)
        return sandbox.map { [$0, client] } ?? [client]
    }

    private var crawling: Crawling {
        switch settings.source {
        case .sandbox(graphURL: nil):
            Crawling(graphURL: { [sandbox] in "\(try await sandbox?.address() ?? "")/v23.0" }, crawler: crawler)
        case .sandbox(.some(let address)), .instagram(let address, _, _):
            Crawling(graphURL: { address }, crawler: crawler)
        }
    }

    private func crawler(graphURL: String) -> CrawlerService {
        let store = MemoryPostStore()
        let source =
            switch settings.source {
            case .sandbox:
                InstagramGraphAPI(
                    name: "sandbox", baseURL: graphURL, userID: SandboxConfiguration().userID,
                    accessToken: Secret(SandboxConfiguration().accessToken), client: client, store: store)
            case .instagram(_, let userID, let accessToken):
                InstagramGraphAPI(
                    baseURL: graphURL, userID: userID, accessToken: accessToken, client: client, store: store)
            }
        return CrawlerService(
            configuration: .init(hashtags: settings.hashtags, interval: settings.interval), sources: [source],
            store: store, gallery: gallery, monitor: monitor, logger: logger)
    }
}

/// The crawler, once the address that it asks is known.
private struct Crawling: Service {
    let graphURL: @Sendable () async throws -> String
    let crawler: @Sendable (String) -> CrawlerService

    func service() async throws -> CrawlerService { crawler(try await graphURL()) }

    func run() async throws {
        try await service().run()
    }
}

/// Closes the client's connections at the end, so that the sandbox has none to wait for.
private struct ClientService: Service {
    let client: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
