import ArgumentParser
import Crawler

/// Crawls now, and prints what it found.
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

    /// Prints what comes, whichever process finds it.
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
            // The crawler ends when it is told to; what prints, then.
            try await group.next()
            group.cancelAll()
        }
    }
}
