import Posts
import Synchronization
import Upstreams

/// One crawl of one hashtag through one source: fetch pages, store them, show them.
struct HashtagCrawl: Sendable {
    /// How far a crawl goes.
    struct Reach: Sendable {
        /// What is known: a page that holds nothing else is the last.
        var known: PostIndex
        /// Posts that were seen before and are too old to be kept: they are known, too.
        var seen: Set<Post.ID> = []
        /// So many pages are looked at whether they are known or not.
        var least = 1
        /// The most pages.
        var most: Int
        /// So many pages in a row without a post that can be shown are enough: nothing in them is ever known.
        var mostEmpty = 3

        fileprivate func knows(_ posts: [Post]) -> Bool {
            !posts.isEmpty && posts.allSatisfy { seen.contains($0.id) || known.contains($0) }
        }
    }

    let hashtag: Hashtag
    let source: any PostSource
    /// The same one for all hashtags of the source.
    let gate: SourceGate
    let keeper: GalleryKeeper
    let deadline: Duration?
    let clock: any Clock<Duration>
    let now: @Sendable () -> Int64

    /// Asks for page after page until one has only known posts, there is none left, enough came,
    /// one fails, or time is over.
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
                // A service that goes in circles has no next page.
                cursor = isEnough || isRepeated ? nil : page.next.flatMap { asked.insert($0).inserted ? $0 : nil }
            } catch {
                outcome.failure = .source(error)
                cursor = nil
            }
        } while cursor != nil && outcome.pages < reach.most
        outcome.posts = found.values.newestFirst()
        return outcome
    }

    /// A page, unless the source has said that it takes no requests now.
    private func page(after cursor: SourceCursor?, _ known: PostIndex) async throws(SourceError) -> SourcePage {
        if let wait = gate.wait(at: now()) ?? source.usage?.wait(at: now()) { throw .rateLimited(retryAfter: wait) }
        if Task.isCancelled { throw .cancelled }
        do {
            var page = try await source.page(of: hashtag, after: cursor)
            page.check(unless: known)
            return page
        } catch {
            // What the service told one hashtag holds for all.
            if case .wait(let wait) = error.remedy { gate.close(until: now() + wait.components.seconds, at: now()) }
            throw error
        }
    }

    /// Stores what was fetched, and shows it if that changed anything.
    func keep(_ outcome: CrawlOutcome) async -> CrawlOutcome {
        guard !outcome.posts.isEmpty else { return outcome }
        var outcome = outcome
        do {
            let kept = try await keeper.keep(outcome.posts, of: hashtag)
            outcome.changed = kept.changed
            outcome.new = kept.new
        } catch {
            // Trouble of the source does not make that of the store less urgent.
            outcome.failure = .storage("\(error)")
        }
        return outcome
    }
}

/// What one crawl of a hashtag through a source came to.
package struct CrawlOutcome: Sendable {
    /// Whose posts were looked for.
    package let hashtag: Hashtag
    /// The name of the source that was asked.
    package let source: String
    /// How many pages came.
    package var pages = 0
    /// The posts on them, newest first, none twice.
    package var posts: [Post] = []
    /// What was wrong with the items on them that were left out, and with how many of them.
    package var defects: [PostDefect: Int] = [:]
    /// How many of the posts were not shown before and are now.
    package var new = 0
    /// How many of the posts were new to the store or different from what it held.
    package var changed = 0
    /// Why the crawl ended early; nil when it ended well. What came before is kept all the same.
    package var failure: CrawlFailure?

    /// How many items were left out.
    package var skipped: Int { defects.values.reduce(0, +) }

    init(hashtag: Hashtag, source: String) {
        self.hashtag = hashtag
        self.source = source
    }
}

/// Why a crawl did not end well.
package enum CrawlFailure: Error, Sendable, Hashable {
    /// The source gave no page.
    case source(SourceError)
    /// What was found could not be stored, or not be read back.
    case storage(String)

    /// What to do about it.
    var remedy: Remedy {
        switch self {
        case .source(let error): error.remedy
        case .storage: .backOff
        }
    }

    /// A short name of what is wrong, the same for all failures of one kind: for logs and metrics.
    package var kind: String {
        switch self {
        case .source(let error): error.kind.rawValue
        case .storage: "storage"
        }
    }
}

extension CrawlFailure: CustomStringConvertible {
    /// One line for a person; holds no secret.
    package var description: String {
        switch self {
        case .source(let error): error.description
        case .storage(let reason): "the posts could not be stored: \(reason.excerpt())"
        }
    }
}

/// What a service has said of when it may be asked again, whichever hashtag it was asked for.
final class SourceGate: Sendable {
    private let closedUntil = Mutex(Epoch.range.lowerBound)

    /// How long no request is made, from a time on that is given in seconds since 1970; nil while there may be one.
    func wait(at now: Int64) -> Duration? {
        let end = closedUntil.withLock { $0 }
        guard end > now else { return nil }
        let left = Duration.seconds(end - now)
        // A clock that was set back must not keep it closed.
        return left <= SourceError.longestWait ? left : nil
    }

    /// Lets no request through until a time, in seconds since 1970; a day from now at most.
    func close(until end: Int64, at now: Int64) {
        let end = min(end, now + SourceError.longestWait.components.seconds)
        closedUntil.withLock { $0 = max($0, end) }
    }
}
