import Posts
import Synchronization
import Upstreams

/// A source whose responses a test determines.
final class ScriptedSource: PostSource {
    typealias Answer = @Sendable (Hashtag, SourceCursor?) async -> Result<SourcePage, SourceError>

    struct Request: Sendable, Hashable {
        var hashtag: Hashtag
        var cursor: SourceCursor?
    }

    let name: String
    private let answer: Mutex<Answer>
    private let log = EventLog<Request>()
    private let report = Mutex<UsageReport?>(nil)

    init(_ name: String = "instagram", answer: @escaping Answer) {
        self.name = name
        self.answer = Mutex(answer)
    }

    /// Always returns the same page.
    convenience init(_ name: String = "instagram", posts: [Post]) {
        self.init(name) { _, _ in .success(SourcePage(posts: posts)) }
    }

    /// The requests so far.
    var requests: [Request] { log.events }

    /// Waits until there are this many requests.
    func asked(_ count: Int) async { await log.wait(for: count) }

    var usage: UsageReport? { report.withLock { $0 } }

    func reply(_ answer: @escaping Answer) { self.answer.withLock { $0 = answer } }
    func reply(_ result: Result<SourcePage, SourceError>) { reply { _, _ in result } }
    func reply(_ posts: [Post]) { reply(.success(SourcePage(posts: posts))) }
    func set(_ usage: UsageReport?) { report.withLock { $0 = usage } }

    func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage {
        log.append(Request(hashtag: hashtag, cursor: cursor))
        return try await answer.withLock { $0 }(hashtag, cursor).get()
    }
}
