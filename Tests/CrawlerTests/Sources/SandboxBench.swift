import Crawler
import Logging
import Sandbox
import Storage
import TestSupport

/// Runs a sandbox, and makes the sources that ask it.
enum SandboxBench {
    static let start = 1_800_000_000.0

    /// The interfaces that the sandbox has, each with the source for it.
    enum Upstream: String, CaseIterable, Sendable {
        case graph, mastodon, pixelfed, flickr

        var interface: SandboxCall.Interface {
            switch self {
            case .graph: .graph
            case .mastodon, .pixelfed: .mastodon
            case .flickr: .flickr
            }
        }
    }

    /// A sandbox that runs.
    struct Running: Sendable {
        let upstream: Upstream
        let server: SandboxServer
        let address: String
        /// The time of the sandbox and of the sources, in seconds since 1970.
        let time: Deferred<Double>

        func source(
            _ limits: UpstreamLimits = UpstreamLimits(), store: any PostStore = MemoryPostStore(),
            ledger: any CrawlLedger = MemoryCrawlLedger(), media: [InstagramGraphAPI.Edge] = [.recent]
        ) -> any PostSource {
            let now: @Sendable () -> Int64 = { Int64(time.value ?? 0) }
            return switch upstream {
            case .graph:
                InstagramGraphAPI(
                    name: "sandbox", baseURL: "\(address)/v23.0", userID: SandboxConfiguration().userID,
                    accessToken: Secret("sandbox-token"), media: media, client: TestClient.shared, store: store,
                    ledger: ledger, limits: limits, now: now)
            case .mastodon, .pixelfed:
                MastodonTimeline(
                    name: "mastodon.test", baseURL: address, accessToken: Secret("mastodon-token"),
                    client: TestClient.shared, limits: limits, now: now)
            case .flickr:
                FlickrFeed(
                    address: "\(address)/services/feeds/photos_public.gne", client: TestClient.shared, limits: limits,
                    now: now)
            }
        }
    }

    /// Runs a sandbox while `body` runs.
    static func run(
        _ upstream: Upstream, _ configuration: SandboxConfiguration = SandboxConfiguration(),
        _ body: @Sendable (Running) async throws -> Void
    ) async throws {
        var configuration = configuration
        configuration.manners = upstream == .pixelfed ? .pixelfed : .mastodon
        configuration.mastodonToken = "mastodon-token"
        let time = Deferred<Double>()
        time.value = start
        let server = SandboxServer(configuration: configuration, logger: .silent) { time.value ?? 0 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body(Running(upstream: upstream, server: server, address: server.address(), time: time))
            group.cancelAll()
        }
    }
}
