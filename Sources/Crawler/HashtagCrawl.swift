import Posts
import Synchronization
import Upstreams

/// One crawl of one hashtag through one source: fetches pages, stores and shows the posts.
struct HashtagCrawl: Sendable {
    /// The extent of a crawl.
    struct Reach: Sendable {
        /// The known posts: a page with only known posts is the last.
        var known: PostIndex
        /// Posts that were seen before and may be too old to be stored: they are known too.
        var seen: Set<Post.ID> = []
        /// The least number of pages, even if their posts are known.
        var least = 1
        /// The largest number of pages.
        var most: Int
        /// The number of pages in a row without a usable post after which the crawl ends.
        var mostEmpty = 3

        fileprivate func knows(_ posts: [Post]) -> Bool {
            !posts.isEmpty && posts.allSatisfy { seen.contains($0.id) || known.contains($0) }
        }
    }

    let hashtag: Hashtag
    let source: any PostSource
    /// Shared by all hashtags of the source.
    let gate: SourceGate
    let keeper: GalleryKeeper
    let deadline: Duration?
    let clock: any Clock<Duration>
    let now: @Sendable () -> Int64

    /// Requests pages until one has only known posts, fails or is the last, the limit is reached, or the time is over.
    func fetch(_ reach: Reach) async -> CrawlOutcome {
        guard let deadline else { return await pages(reach) }
        var outcome = await cancelling(after: deadline, clock: clock) { await pages(reach) }
        if outcome.failure == .source(.cancelled), !Task.isCancelled {
            outcome.failure = .source(.unreachable("the crawl took longer than \(deadline.inWords)"))
        }
        return outcome
    }

    private func pages(_ reach: Reach) async -> CrawlOutcome {
        var outcome = CrawlOutcome(hashtag: hashtag, source: source.name)
        var found: [Post.ID: Post] = [:]
        var asked: Set<SourceCursor> = []
        var cursor: SourceCursor?
        var empty = 0
        repeat {
            do {
                let page = try await page(after: cursor, reach.known)
                outcome.pages += 1
                outcome.defects.merge(page.defects, uniquingKeysWith: +)
                let isRepeated = !page.posts.isEmpty && page.posts.allSatisfy { found[$0.id] != nil }
                for post in page.posts { found[post.id] = post }
                empty = page.posts.isEmpty ? empty + 1 : 0
                let isEnough =
                    outcome.pages >= reach.least && reach.knows(page.posts) || empty >= reach.mostEmpty
                // A repeated cursor or page ends the crawl.
                cursor = isEnough || isRepeated ? nil : page.next.flatMap { asked.insert($0).inserted ? $0 : nil }
            } catch {
                outcome.failure = .source(error)
                cursor = nil
            }
        } while cursor != nil && outcome.pages < reach.most
        outcome.posts = found.values.newestFirst()
        return outcome
    }

    /// Fetches a page, unless the service has asked to wait.
    private func page(after cursor: SourceCursor?, _ known: PostIndex) async throws(SourceError) -> SourcePage {
        if let wait = gate.wait(at: now()) ?? source.usage?.wait(at: now()) { throw .rateLimited(retryAfter: wait) }
        if Task.isCancelled { throw .cancelled }
        do {
            var page = try await source.page(of: hashtag, after: cursor)
            page.check(unless: known)
            return page
        } catch {
            // A wait applies to all hashtags of the source.
            if case .wait(let wait) = error.remedy { gate.close(until: now() + wait.components.seconds, at: now()) }
            throw error
        }
    }

    /// Stores the fetched posts, and shows them if anything changed.
    func keep(_ outcome: CrawlOutcome) async -> CrawlOutcome {
        guard !outcome.posts.isEmpty else { return outcome }
        var outcome = outcome
        do {
            let kept = try await keeper.keep(outcome.posts, of: hashtag)
            outcome.changed = kept.changed
            outcome.new = kept.new
        } catch {
            // A failure of the store replaces one of the source: it is more urgent.
            outcome.failure = .storage("\(error)")
        }
        return outcome
    }
}

/// The outcome of one crawl of a hashtag through a source.
package struct CrawlOutcome: Sendable {
    /// The hashtag that was crawled.
    package let hashtag: Hashtag
    /// The name of the source.
    package let source: String
    /// How many pages were fetched.
    package var pages = 0
    /// The posts on the pages, newest first, each once.
    package var posts: [Post] = []
    /// The defects of the items that were left out, with their numbers.
    package var defects: [PostDefect: Int] = [:]
    /// How many of the posts are shown that were not shown before.
    package var new = 0
    /// How many of the posts were new or changed.
    package var changed = 0
    /// Why the crawl failed; `nil` after a success. Posts that came before the failure are stored.
    package var failure: CrawlFailure?

    /// How many items were left out.
    package var skipped: Int { defects.values.reduce(0, +) }

    init(hashtag: Hashtag, source: String) {
        self.hashtag = hashtag
        self.source = source
    }
}

/// Why a crawl failed.
package enum CrawlFailure: Error, Sendable, Hashable {
    /// The source returned no page.
    case source(SourceError)
    /// The posts could not be stored or read back.
    case storage(String)

    /// What to do about it.
    var remedy: Remedy {
        switch self {
        case .source(let error): error.remedy
        case .storage: .backOff
        }
    }

    /// The name of the kind of failure, for logs and metrics.
    package var kind: String {
        switch self {
        case .source(let error): error.kind.rawValue
        case .storage: "storage"
        }
    }
}

extension CrawlFailure: CustomStringConvertible {
    /// One line for a person, without secrets.
    package var description: String {
        switch self {
        case .source(let error): error.description
        case .storage(let reason): "the posts could not be stored: \(reason.excerpt())"
        }
    }
}

/// Stops all requests to a source while the service asks to wait.
final class SourceGate: Sendable {
    private let closedUntil = Mutex(Epoch.range.lowerBound)

    /// The wait from a time in seconds since 1970; `nil` if requests are allowed.
    func wait(at now: Int64) -> Duration? {
        let end = closedUntil.withLock { $0 }
        guard end > now else { return nil }
        let left = Duration.seconds(end - now)
        // A clock that was set back must not keep it closed.
        return left <= SourceError.longestWait ? left : nil
    }

    /// Stops requests until a time in seconds since 1970, at most a day from now.
    func close(until end: Int64, at now: Int64) {
        let end = min(end, now + SourceError.longestWait.components.seconds)
        closedUntil.withLock { $0 = max($0, end) }
    }
}
