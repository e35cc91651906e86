import Logging
import Posts
import ServiceLifecycle
import Upstreams

/// Crawls every hashtag through every source, each on its own clock, and shows what it found.
///
/// What a source gives goes into the store, and from there into a new ``Gallery``. A source that
/// fails changes nothing for readers: the last good pictures stay.
///
/// Of several processes with one ledger, one crawls; the others show what it finds, and one of them takes over when
/// it ends.
package struct CrawlerService: Service {
    /// How every crawl goes.
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
    ///   - sources: whom to ask; of several with one name the first counts.
    ///   - store: keeps what was found.
    ///   - ledger: keeps how the crawls went, and who of several processes crawls; nil when nothing need outlive the
    ///     process and there is no other.
    ///   - process: names this process; no other that shares the ledger has the same.
    ///   - gallery: where readers find it.
    ///   - monitor: where `/health` finds how it goes.
    ///   - clock: is waited on between crawls.
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

    /// A name that no other process has.
    package static func processName() -> String {
        String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
    }

    /// Shows what the store holds, then crawls, or follows the process that does, until the service is told to stop.
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

    /// Shows what the store holds. A store that cannot be read is logged, and nothing is shown.
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

    /// Crawls every hashtag through every source once, all at the same time.
    ///
    /// - Parameters:
    ///   - deadline: after this time what is not done is given up; what was fetched by
    ///     then is kept. Nil waits for all of it.
    ///   - onlyDue: whether to leave out what is not due by the ledger, and all of it while another process crawls.
    ///     A service that has asked to wait is not asked in any case.
    /// - Returns: the outcome of each crawl, by hashtag and source in the operator's order. One
    ///   that was going on already, or is not due, is not among them.
    package func crawlOnce(deadline: Duration? = nil, onlyDue: Bool = false) async -> [CrawlOutcome] {
        guard let deadline else { return await crawlAll(onlyDue: onlyDue) }
        return await cancelling(after: deadline, clock: clock) { await crawlAll(onlyDue: onlyDue) }
    }

    private func crawlAll(onlyDue: Bool) async -> [CrawlOutcome] {
        guard onlyDue, let lease else { return await crawlLoops(onlyDue: onlyDue) }
        // A program that lives for one request may be started many times at once. Without the ledger, nobody knows.
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
    /// The first element of each value of `key`, in order.
    fileprivate func firstOfEach<Key: Hashable>(_ key: (Element) -> Key) -> [Element] {
        var seen: Set<Key> = []
        return filter { seen.insert(key($0)).inserted }
    }
}

extension CrawlerService {
    /// How often and how deep to crawl.
    package struct Configuration: Sendable {
        /// What to look for, in the operator's order.
        package var hashtags: [Hashtag]
        /// Whether posts are shown that their source marks as sensitive. They are kept in any case.
        package var showsSensitive: Bool
        /// The time between two crawls of a hashtag through a source that has a new post every other time. More than
        /// none.
        package var interval: Duration
        /// The shortest and the longest time between two crawls, for a busy hashtag and a quiet one, as multiples of
        /// the interval.
        package var adaptation: ClosedRange<Double>
        /// The shortest time between two crawls of a service that others run, whatever the interval.
        package var leastInterval: Duration
        /// The names of the sources that the operator runs on this machine: ``leastInterval`` is not for them.
        package var localSources: Set<String>
        /// The most pages that the first crawl of a hashtag asks for, and those that a crawl looks at now and then
        /// whether it knows them or not. At least 1.
        package var pagesPerCrawl: Int
        /// The most pages that a later crawl asks for to catch up with what it has missed.
        package var catchUpPages: Int
        /// How often a crawl looks at ``pagesPerCrawl`` pages: posts can come into a list below those that are known.
        package var thoroughInterval: Duration
        /// The longest that one crawl may take; nil when only the source's own limits count.
        package var crawlDeadline: Duration?
        /// By how much an interval is shorter or longer at random, as a fraction of it: 0 to 1.
        package var jitter: Double
        /// The longest wait after a first failure; doubles with each further one.
        package var backoffBase: Duration
        /// The longest wait after any number of failures. A service that works for ten minutes of an hour, and shows
        /// a post for no longer than that hour, must be met in them.
        package var backoffCap: Duration

        /// Creates a configuration; each parameter is the field of its name.
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
