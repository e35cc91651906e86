import Crawler
import Logging
import Posts
import Storage
import TestSupport
import Upstreams

/// A crawler with scripted sources and a manual clock.
struct TestCrawler: Sendable {
    let service: CrawlerService
    let store: MemoryPostStore
    let box: GalleryBox
    let clock: ManualClock
    let log: LogRecorder

    /// Every random number is `random`. At 0.5, an interval has its middle length, and a back-off half of its bound. By
    /// default, intervals do not adapt, and crawls have no time limit.
    init(
        _ hashtags: [Hashtag], _ sources: [any PostSource], pagesPerCrawl: Int = 4, random: Double = 0.5,
        store: MemoryPostStore = MemoryPostStore(), failing: (any PostStore)? = nil, ledger: (any CrawlLedger)? = nil,
        deadline: Duration? = nil, adaptation: ClosedRange<Double> = 1...1, showsSensitive: Bool = false,
        clock: ManualClock = ManualClock(), start: Int64 = 5_000
    ) {
        let log = LogRecorder()
        let box = GalleryBox(Gallery(hashtags: hashtags))
        service = CrawlerService(
            configuration: .init(
                hashtags: hashtags, showsSensitive: showsSensitive, adaptation: adaptation,
                pagesPerCrawl: pagesPerCrawl, crawlDeadline: deadline),
            sources: sources, store: failing ?? store, ledger: ledger, gallery: box, logger: log.logger, clock: clock,
            now: { start + clock.now.offset.components.seconds }, random: { random }
        )
        self.store = store
        self.box = box
        self.clock = clock
        self.log = log
    }

    /// Runs the service while `body` runs.
    func run(_ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            try await body()
            group.cancelAll()
        }
    }

    /// Waits for the current crawl, and starts the next.
    func turn() async {
        await clock.sleepers(1)
        clock.finishSleep()
        await clock.sleepers(1)
    }
}
