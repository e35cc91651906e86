import Logging
import Posts
import ServiceLifecycle
import Upstreams

/// Crawls every hashtag through every source, each on its own schedule, and shows the posts.
///
/// Posts go into the store, and from there into a new ``Gallery``. If a source fails, the known posts stay.
///
/// Of several processes with one ledger, one crawls. The others show its posts, and one of them takes over when it
/// ends.
package struct CrawlerService: Service {
    /// The status of every crawl.
    package let monitor: CrawlMonitor

    let hashtags: [Hashtag]
    let loops: [CrawlLoop]
    let store: any PostStore
    let keeper: GalleryKeeper
    let lease: CrawlLease?
    let clock: any Clock<Duration>
    let now: @Sendable () -> Int64
    let logger: Logger

    /// - Parameters:
    ///   - configuration: what to crawl, how often and how deep.
    ///   - sources: the sources; of several with the same name, the first is used.
    ///   - store: stores the posts.
    ///   - ledger: stores the crawl records and the lease; `nil` if there is no other process and nothing need outlive
    ///     this one.
    ///   - process: the name of this process, unique among those that share the ledger.
    ///   - gallery: receives the posts for requests.
    ///   - monitor: receives the status of the crawls.
    ///   - clock: measures the waits between crawls.
    ///   - now: the calendar time, in whole seconds since 1970.
    ///   - random: numbers from 0 up to, but not including, 1.
    package init(
        configuration: Configuration, sources: [any PostSource], store: any PostStore,
        ledger: (any CrawlLedger)? = nil, process: String = CrawlerService.processName(), gallery: GalleryBox,
        monitor: CrawlMonitor = CrawlMonitor(), logger: Logger, clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Int64 = Epoch.now,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        let hashtags = configuration.hashtags.firstOfEach(\.self)
        let sources = sources.firstOfEach(\.name)
        let schedule = CrawlSchedule(configuration: configuration, random: random)
        let keeper = GalleryKeeper(
            hashtags: hashtags, sources: Set(sources.map(\.name)), showsSensitive: configuration.showsSensitive,
            store: store, box: gallery, now: now)
        self.hashtags = hashtags
        self.store = store
        self.keeper = keeper
        self.monitor = monitor
        self.clock = clock
        self.now = now
        self.logger = logger
        lease = ledger.map { ledger in
            CrawlLease(
                ledger: ledger, name: CrawlLease.name(hashtags, sources.map(\.name)), holder: process, now: now)
        }
        let gates = sources.map { ($0, SourceGate()) }
        loops = hashtags.flatMap { hashtag in
            gates.map { source, gate in
                var logger = logger
                logger[metadataKey: "hashtag"] = "\(hashtag)"
                logger[metadataKey: "source"] = "\(source.name)"
                return CrawlLoop(
                    crawl: HashtagCrawl(
                        hashtag: hashtag, source: source, gate: gate, keeper: keeper,
                        deadline: configuration.crawlDeadline,
                        clock: clock, now: now),
                    schedule: schedule,
                    journal: CrawlJournal(ledger: ledger, hashtag: hashtag, source: source.name, logger: logger),
                    monitor: monitor, logger: logger)
            }
        }
        for loop in loops { monitor.register(loop.crawl.hashtag, source: loop.crawl.source.name) }
    }

    /// A unique name.
    package static func processName() -> String {
        String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
    }

    /// Shows the stored posts, then crawls or follows the leader until graceful shutdown.
    package func run() async throws {
        await loadGallery()
        guard !loops.isEmpty else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            if let lease { await take(turnsWith: lease) } else { await crawl() }
        }
        await lease?.drop()
    }

    /// Crawls until the task is cancelled.
    func crawl() async {
        await restoreHolds()
        await withDiscardingTaskGroup { group in
            for loop in loops { group.addTask { await loop.run() } }
        }
    }

    private func restoreHolds() async {
        for loop in loops { await loop.restoreHold() }
    }

    /// Shows the stored posts. Logs a warning if the store cannot be read.
    package func loadGallery() async {
        for hashtag in hashtags {
            do {
                try await keeper.refresh(hashtag)
            } catch {
                logger.warning(
                    "the stored posts cannot be read: \(error)", metadata: ["hashtag": "\(hashtag)"]
                )
            }
        }
    }

    /// Crawls every hashtag through every source once, concurrently.
    ///
    /// - Parameters:
    ///   - deadline: after this time, unfinished crawls are stopped; fetched posts are kept. `nil` waits for all.
    ///   - onlyDue: whether to skip crawls that are not due by the ledger, and all of them while another process
    ///     crawls. A service that has asked to wait is never asked.
    /// - Returns: the outcome of each crawl that was due and not running already, by hashtag and source in the
    ///   operator's order.
    package func crawlOnce(deadline: Duration? = nil, onlyDue: Bool = false) async -> [CrawlOutcome] {
        guard let deadline else { return await crawlAll(onlyDue: onlyDue) }
        return await cancelling(after: deadline, clock: clock) { await crawlAll(onlyDue: onlyDue) }
    }

    private func crawlAll(onlyDue: Bool) async -> [CrawlOutcome] {
        guard onlyDue, let lease else { return await crawlLoops(onlyDue: onlyDue) }
        // A CGI program may be started many times at once. If the ledger fails, it crawls.
        guard (try? await lease.take()) != false else {
            monitor.role = .follower
            await showRecords()
            return []
        }
        let outcomes = await crawlLoops(onlyDue: true)
        await lease.drop()
        return outcomes
    }

    private func crawlLoops(onlyDue: Bool) async -> [CrawlOutcome] {
        await restoreHolds()
        return await withTaskGroup(of: (Int, CrawlOutcome?).self) { group in
            for (index, loop) in loops.enumerated() {
                group.addTask { (index, await loop.once(onlyDue: onlyDue)) }
            }
            var outcomes: [Int: CrawlOutcome] = [:]
            for await (index, outcome) in group { outcomes[index] = outcome }
            return loops.indices.compactMap { outcomes[$0] }
        }
    }
}

extension Array {
    /// The first element for each value of `key`, in order.
    fileprivate func firstOfEach<Key: Hashable>(_ key: (Element) -> Key) -> [Element] {
        var seen: Set<Key> = []
        return filter { seen.insert(key($0)).inserted }
    }
}

extension CrawlerService {
    /// How often and how deep to crawl.
    package struct Configuration: Sendable {
        /// The hashtags, in the operator's order.
        package var hashtags: [Hashtag]
        /// Whether sensitive posts are shown. They are always stored.
        package var showsSensitive: Bool
        /// The time between two crawls of a hashtag that has a new post every other time. Greater than zero.
        package var interval: Duration
        /// The shortest and the longest time between two crawls, for busy and quiet hashtags, as multiples of the
        /// interval.
        package var adaptation: ClosedRange<Double>
        /// The shortest time between two crawls of a service that others run.
        package var leastInterval: Duration
        /// The names of the sources on this machine: ``leastInterval`` does not apply to them.
        package var localSources: Set<String>
        /// The most pages of the first crawl of a hashtag, and the pages that a thorough crawl requests even if their
        /// posts are known. At least 1.
        package var pagesPerCrawl: Int
        /// The most pages of a later crawl, to catch up with missed posts.
        package var catchUpPages: Int
        /// How often a crawl is thorough: posts can be inserted into a list below the known ones.
        package var thoroughInterval: Duration
        /// The longest duration of a crawl; `nil` if only the source's limits apply.
        package var crawlDeadline: Duration?
        /// The random deviation of an interval, as a fraction of it: 0 to 1.
        package var jitter: Double
        /// The longest wait after the first failure; it doubles with each further one.
        package var backoffBase: Duration
        /// The longest wait after any number of failures: short enough to find the posts of a service that works for
        /// ten minutes an hour and shows each post for an hour.
        package var backoffCap: Duration

        /// Creates a configuration.
        package init(
            hashtags: [Hashtag], showsSensitive: Bool = false, interval: Duration = .seconds(300),
            adaptation: ClosedRange<Double> = 0.25...4, leastInterval: Duration = .seconds(30),
            localSources: Set<String> = [], pagesPerCrawl: Int = 4,
            catchUpPages: Int = 25, thoroughInterval: Duration = .seconds(1_800),
            crawlDeadline: Duration? = .seconds(300), jitter: Double = 0.1, backoffBase: Duration = .seconds(5),
            backoffCap: Duration = .seconds(600)
        ) {
            self.hashtags = hashtags
            self.showsSensitive = showsSensitive
            self.interval = interval
            self.adaptation = adaptation
            self.leastInterval = leastInterval
            self.localSources = localSources
            self.pagesPerCrawl = pagesPerCrawl
            self.catchUpPages = catchUpPages
            self.thoroughInterval = thoroughInterval
            self.crawlDeadline = crawlDeadline
            self.jitter = jitter
            self.backoffBase = backoffBase
            self.backoffCap = backoffCap
        }
    }
}
