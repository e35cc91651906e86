import ArgumentParser
import Crawler
import Posts
import ServiceLifecycle

/// Crawls once, and prints the posts.
struct Crawl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Crawls now and prints what it found: a table for a person, or JSON lines.",
        discussion: """
            It asks each source once for each hashtag, and prints the newest posts that are known then, those of earlier \
            crawls among them. It ends with 1 when every source failed.
            """)

    @Argument(help: "Hashtags. [INSTACRAWLER_HASHTAGS; default: golang]")
    var tags: [String] = []

    @Flag(help: "One JSON object a line instead of the table.")
    var json = false

    @Flag(help: "Goes on, and prints new posts as they come, until it is stopped.")
    var watch = false

    @OptionGroup var selection: PostSelection
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        do {
            let filter = try selection.filter(defaultLimit: 20)
            let settings = try options.settings(hashtags: tags)
            let printer = PostPrinter(settings: settings, filter: filter, isJSON: json)
            let watches = watch
            let code = try await Assembly.crawl(settings) { assembly, crawler in
                let outcomes = await CrawlProgress.crawl(crawler)
                printer.printNews(of: assembly.gallery.current)
                guard watches else { return outcomes.contains { $0.failure == nil } ? .success : .failure }
                try await Self.watch(crawler, assembly.gallery, printer)
                return .success
            }
            throw code
        } catch let code as ExitCode {
            throw code
        } catch {
            throw fail(error)
        }
    }

    /// Prints new posts, including those of other processes, as they arrive.
    private static func watch(
        _ crawler: CrawlerService, _ gallery: GalleryBox, _ printer: PostPrinter
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await crawler.run() }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(250))
                    printer.printNews(of: gallery.current)
                }
            }
            // The crawler ends first; then printing is cancelled.
            try await group.next()
            group.cancelAll()
        }
    }
}

enum CrawlProgress {
    /// Crawls once, and prints each failed source to standard error.
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

    /// Shows the progress of the crawls while `operation` runs.
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

/// The options that select posts of a hashtag.
struct PostSelection: ParsableArguments {
    @Option(help: "At most so many posts of each hashtag, the newest, 1 to 100000. [default: 20 shown, all exported]")
    var limit: String?

    @Option(help: "Only posts since a time: 90m, 2h or 3d ago, 2026-11-24 or 2026-11-24T09:15:00Z.")
    var since: String?

    /// The parsed options.
    struct Filter: Sendable {
        var limit: Int
        /// Seconds since 1970.
        var since: Int64

        /// Returns the selected posts.
        func posts(_ all: [Post]) -> [Post] { Array(all.prefix { $0.publishedAt >= since }.prefix(limit)) }
    }

    /// - Throws: ``SettingError`` for an invalid value.
    func filter(defaultLimit: Int, now: Int64 = Epoch.now()) throws -> Filter {
        var filter = Filter(limit: defaultLimit, since: .min)
        if let limit {
            guard let number = Parse.number(limit, in: 1...100_000) else {
                throw SettingError(name: "--limit", value: limit, allowed: "1 to 100000")
            }
            filter.limit = number
        }
        if let since {
            guard let time = Self.time(since, now: now) else {
                throw SettingError(
                    name: "--since", value: since,
                    allowed: "a duration such as 90m, 2h or 3d, or a time such as 2026-11-24 or 2026-11-24T09:15:00Z")
            }
            filter.since = time
        }
        return filter
    }

    private static func time(_ text: String, now: Int64) -> Int64? {
        if let duration = Parse.duration(text) { return now - duration.components.seconds }
        return ISO8601.seconds(text) ?? ISO8601.seconds("\(text)T00:00:00Z")
    }
}
