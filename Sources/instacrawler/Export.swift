import ArgumentParser
import Pictures
import Posts
import ServiceLifecycle
import Web

/// Downloads the pictures of a hashtag.
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Downloads the pictures of a hashtag into a directory, and writes index.jsonl beside them.",
        discussion: """
            It crawls first, and takes the posts of earlier crawls, too. A picture that is there is skipped, one that came \
            in part goes on from there: an export that was broken off is simply started again. Files are named by date, \
            source, id and place in the post. It ends with 1 when a picture could not be had, and names it.
            """)

    @Argument(help: "The hashtag.")
    var tag: String

    @Argument(help: "The directory; it is made if it is missing.")
    var directory: String

    @OptionGroup var selection: PostSelection
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        do {
            let filter = try selection.filter(defaultLimit: .max)
            let settings = try options.settings(hashtags: [tag])
            let directory = Paths.absolute(directory)
            let code = try await Assembly.crawl(settings) { assembly, crawler in
                let outcomes = await CrawlProgress.crawl(crawler)
                let hashtag = settings.hashtags[0]
                let posts = filter.posts(assembly.gallery.current[hashtag])
                let report = try await cancelWhenGracefulShutdown {
                    try await Self.export(posts, of: hashtag, to: directory, through: assembly.pictures)
                }
                let isCrawled = outcomes.contains { $0.failure == nil }
                return report.failures.isEmpty && isCrawled ? .success : .failure
            }
            throw code
        } catch let code as ExitCode {
            throw code
        } catch {
            throw fail(error)
        }
    }

    private static func export(
        _ posts: [Post], of hashtag: Hashtag, to directory: String, through proxy: PictureProxy
    ) async throws -> ExportReport {
        let line = ProgressLine()
        let report = try await PictureExport(to: directory, proxy: proxy, line: PostLine.json).run(
            posts, hashtag: hashtag
        ) { progress in
            let megabytes = Double(progress.bytes / 100_000) / 10
            line.show(
                "\(ProgressLine.bar(progress.done, of: progress.pictures)) \(progress.done) of \(progress.pictures) "
                    + "pictures, \(megabytes) MB")
        }
        line.clear()
        for failure in report.failures { Console.printError("instacrawler: \(failure.name): \(failure.reason)") }
        Console.print(
            "Saved: \(report.saved.count). There already: \(report.had). Failed: \(report.failures.count).")
        return report
    }
}
