import Logging
import Posts
import Sandbox
import Storage
import TestSupport
import Upstreams

/// Runs a sandbox and creates sources that use it.
enum SandboxBench {
    static let start = 1_800_000_000.0

    /// The interfaces of the sandbox, each with its source.
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

    /// A running sandbox.
    struct Running: Sendable {
        let upstream: Upstream
        let server: SandboxServer
        let address: String
        /// The time of the sandbox and the sources, in seconds since 1970; a test can change it.
        let time: Deferred<Double>
        fileprivate let now: @Sendable () -> Double

        func source(
            _ limits: UpstreamLimits = UpstreamLimits(), store: any PostStore = MemoryPostStore(),
            ledger: any CrawlLedger = MemoryCrawlLedger(), media: [InstagramGraphAPI.Edge] = [.recent]
        ) -> any PostSource {
            let now: @Sendable () -> Int64 = { [now] in Int64(now()) }
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
    ///
    /// - Parameter now: returns the time, in seconds since 1970, if the test does not set it.
    static func run(
        _ upstream: Upstream, _ configuration: SandboxConfiguration = SandboxConfiguration(),
        now: (@Sendable () -> Double)? = nil, _ body: @Sendable (Running) async throws -> Void
    ) async throws {
        var configuration = configuration
        configuration.manners = upstream == .pixelfed ? .pixelfed : .mastodon
        configuration.mastodonToken = "mastodon-token"
        let time = Deferred<Double>()
        time.value = start
        let now = now ?? { time.value ?? 0 }
        let server = SandboxServer(configuration: configuration, logger: .silent, now: now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let running = try await Running(
                upstream: upstream, server: server, address: server.address(), time: time, now: now)
            try await body(running)
            group.cancelAll()
        }
    }
}
