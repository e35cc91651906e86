/// One crawl of one hashtag through one source: fetch pages, store them, show them.
struct HashtagCrawl: Sendable {
    let hashtag: Hashtag
    let source: any PostSource
    let store: any PostStore
    let keeper: GalleryKeeper
    let box: GalleryBox
    let pagesPerCrawl: Int

    /// The ids of the posts that are shown for the hashtag.
    var shown: Set<Post.ID> { Set(box.current[hashtag].map(\.id)) }

    /// Asks for page after page until one has only known posts, there is none left, enough came,
    /// or one fails.
    func fetch(known: Set<Post.ID>) async -> CrawlOutcome {
        var outcome = CrawlOutcome(hashtag: hashtag, source: source.name)
        var found: [Post.ID: Post] = [:]
        var cursor: Cursor?
        repeat {
            do {
                let page = try await source.page(of: hashtag, after: cursor)
                outcome.pages += 1
                outcome.skipped += page.skipped
                for post in page.posts { found[post.id] = post }
                let reachedKnown = !page.posts.isEmpty && page.posts.allSatisfy { known.contains($0.id) }
                cursor = reachedKnown ? nil : page.next
            } catch {
                outcome.failure = .source(error)
                cursor = nil
            }
        } while cursor != nil && outcome.pages < pagesPerCrawl
        outcome.posts = found.values.sorted(by: Post.newestFirst)
        return outcome
    }

    /// Stores what was fetched, and shows it if that changed anything.
    func keep(_ outcome: CrawlOutcome) async -> CrawlOutcome {
        guard !outcome.posts.isEmpty else { return outcome }
        var outcome = outcome
        let before = shown
        do {
            outcome.changed = try await store.upsert(outcome.posts, of: hashtag)
            try await keeper.refresh(hashtag, hasChanged: outcome.changed > 0)
        } catch {
            // Trouble of the source does not make that of the store less urgent.
            outcome.failure = .storage("\(error)")
        }
        let after = shown
        outcome.new = outcome.posts.count { after.contains($0.id) && !before.contains($0.id) }
        return outcome
    }
}
