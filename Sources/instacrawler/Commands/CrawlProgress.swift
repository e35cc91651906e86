import Crawler
import ServiceLifecycle

/// Tells a person which sources are being waited for.
enum CrawlProgress {
    /// Crawls once, and names on standard error each source that failed.
    static func crawl(_ crawler: CrawlerService) async -> [CrawlOutcome] {
        await crawler.loadGallery()
        let outcomes = await show(crawler.monitor) {
            await cancelWhenGracefulShutdown { await crawler.crawlOnce() }
        }
        for outcome in outcomes {
            guard let failure = outcome.failure else { continue }
            Console.printError("instacrawler: #\(outcome.hashtag) through \(outcome.source): \(failure)")
        }
        return outcomes
    }

    /// Shows how the crawls go while `operation` runs.
    private static func show<Value: Sendable>(
        _ monitor: CrawlMonitor, _ operation: @escaping @Sendable () async -> Value
    ) async -> Value {
        let line = ProgressLine()
        guard line.isShown else { return await operation() }
        line.show(text(monitor.snapshot()))
        let task = Task {
            while !Task.isCancelled {
                line.show(text(monitor.snapshot()))
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        let value = await operation()
        task.cancel()
        _ = await task.result
        line.clear()
        return value
    }

    private static func text(_ statuses: [CrawlStatus]) -> String {
        let waiting = statuses.filter { $0.state == .crawling || $0.lastAttempt == nil }
        let names = waiting.prefix(3).map { "#\($0.hashtag) through \($0.source)" }.joined(separator: ", ")
        return "\(ProgressLine.bar(statuses.count - waiting.count, of: statuses.count)) \(names)"
    }
}
