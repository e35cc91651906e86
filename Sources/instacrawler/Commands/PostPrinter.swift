import Crawler
import Synchronization
import Web

/// Prints posts, each one once.
final class PostPrinter: Sendable {
    private struct State {
        var printed: Set<Post.ID> = []
        var isFirst = true
    }

    private let settings: Settings
    private let filter: PostSelection.Filter
    private let table: PostTable?
    private let state = Mutex(State())

    init(settings: Settings, filter: PostSelection.Filter, isJSON: Bool) {
        self.settings = settings
        self.filter = filter
        table =
            isJSON
            ? nil
            : PostTable(
                hashtags: settings.hashtags, sources: settings.sources.map(\.name), columns: Terminal.output.columns)
    }

    /// Prints what was not printed before: at first the newest first, as a list is read, and later as it comes.
    func printNews(of gallery: Gallery) {
        state.withLock { state in
            var news: [(post: Post, hashtag: Hashtag)] = []
            var known: Set<Post.ID> = []
            for hashtag in settings.hashtags {
                let all = gallery[hashtag]
                known.formUnion(all.map(\.id))
                let wanted = state.isFirst ? filter.posts(all) : all.filter { $0.publishedAt >= filter.since }
                for post in wanted where state.printed.insert(post.id).inserted { news.append((post, hashtag)) }
            }
            news.sort { Post.newestFirst($0.post, $1.post) }
            if !state.isFirst { news.reverse() }
            var lines = news.map { line($0.post, $0.hashtag) }
            if state.isFirst, let table, !lines.isEmpty { lines.insert(table.head + "\n", at: 0) }
            if !lines.isEmpty { Console.print(lines.joined(), terminator: "") }
            // What the limit left out at first is not new later, and what is not kept any more comes no more.
            state.printed = known
            state.isFirst = false
        }
    }

    private func line(_ post: Post, _ hashtag: Hashtag) -> String {
        table.map { $0.line(post, hashtag) + "\n" } ?? PostLine.json(of: post, hashtag: hashtag)
    }
}
