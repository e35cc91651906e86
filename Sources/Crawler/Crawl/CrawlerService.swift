import Logging
import ServiceLifecycle

/// Crawls every hashtag through every source, each on its own clock, and shows what it found.
///
/// What a source gives goes into the store, and from there into a new ``Gallery``. A source that
/// fails changes nothing for readers: the last good pictures stay.
public struct CrawlerService: Service {
    /// How every crawl goes.
    public let monitor: CrawlMonitor

    private let hashtags: [Hashtag]
    private let schedule: CrawlSchedule
    private let crawls: [HashtagCrawl]
    private let keeper: GalleryKeeper
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Int64
    private let logger: Logger

    /// - Parameters:
    ///   - configuration: what to crawl, how often and how deep.
    ///   - sources: whom to ask; of several with one name the first counts.
    ///   - store: keeps what was found.
    ///   - gallery: where readers find it.
    ///   - monitor: where `/health` finds how it goes.
    ///   - clock: is waited on between crawls.
    ///   - now: the calendar time, in whole seconds since 1970.
    ///   - random: numbers from 0 up to, but not including, 1.
    public init(
        configuration: Configuration, sources: [any PostSource], store: any PostStore, gallery: GalleryBox,
        monitor: CrawlMonitor = CrawlMonitor(), logger: Logger, clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Int64 = Epoch.now,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        let hashtags = configuration.hashtags.firstOfEach(\.self)
        let keeper = GalleryKeeper(hashtags: hashtags, store: store, box: gallery)
        self.hashtags = hashtags
        self.schedule = CrawlSchedule(configuration: configuration, random: random)
        self.keeper = keeper
        self.monitor = monitor
        self.clock = clock
        self.now = now
        self.logger = logger
        self.crawls = hashtags.flatMap { hashtag in
            sources.firstOfEach(\.name).map { source in
                HashtagCrawl(
                    hashtag: hashtag, source: source, store: store, keeper: keeper, box: gallery,
                    pagesPerCrawl: configuration.pagesPerCrawl
                )
            }
        }
        for crawl in crawls { monitor.register(crawl.hashtag, source: crawl.source.name) }
    }

    /// Shows what the store holds, then crawls until the service is told to stop.
    public func run() async throws {
        await loadGallery()
        guard !crawls.isEmpty else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for crawl in crawls {
                    let loop = CrawlLoop(
                        crawl: crawl, schedule: schedule, monitor: monitor, clock: clock, now: now,
                        logger: logger(for: crawl)
                    )
                    group.addTask { await loop.run() }
                }
            }
        }
    }

    /// Shows what the store holds. A store that cannot be read is logged, and nothing is shown.
    public func loadGallery() async {
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
    /// - Parameter deadline: after this time what is not done is given up; what was fetched by
    ///   then is kept. Nil waits for all of it.
    /// - Returns: the outcome of each crawl, by hashtag and source in the operator's order. One
    ///   that was going on already is not among them.
    public func crawlOnce(deadline: Duration? = nil) async -> [CrawlOutcome] {
        guard let deadline else { return await crawlAll() }
        return await cancelling(after: deadline, clock: clock) { await crawlAll() }
    }

    private func crawlAll() async -> [CrawlOutcome] {
        await withTaskGroup(of: (Int, CrawlOutcome).self) { group in
            for (index, crawl) in crawls.enumerated()
            where monitor.begin(crawl.hashtag, source: crawl.source.name, at: now()) {
                group.addTask {
                    let outcome = await crawl.keep(await crawl.fetch(known: crawl.shown))
                    monitor.end(outcome, at: now())
                    return (index, outcome)
                }
            }
            var outcomes: [(Int, CrawlOutcome)] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func logger(for crawl: HashtagCrawl) -> Logger {
        var logger = logger
        logger[metadataKey: "hashtag"] = "\(crawl.hashtag)"
        logger[metadataKey: "source"] = "\(crawl.source.name)"
        return logger
    }
}

extension Array {
    /// The first element of each value of `key`, in order.
    fileprivate func firstOfEach<Key: Hashable>(_ key: (Element) -> Key) -> [Element] {
        var seen: Set<Key> = []
        return filter { seen.insert(key($0)).inserted }
    }
}
