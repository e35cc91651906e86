import Posts

/// Stores what crawls find, and makes new galleries of what the store holds.
///
/// It is one actor for all hashtags, so that two that are done at the same moment do not lose each
/// other's change.
actor GalleryKeeper {
    /// What keeping posts came to.
    struct Kept: Sendable, Equatable {
        /// How many posts were new to the store or different from what it held.
        var changed = 0
        /// How many were not shown before and are now.
        var new = 0
    }

    /// Counts and signatures move all the time: a hashtag is not written and shown anew for them alone until this
    /// many seconds after the last time, but for an address that a reader found to have expired.
    static let minorInterval: Int64 = 300

    private let hashtags: [Hashtag]
    private let sources: Set<String>
    private let showsSensitive: Bool
    private let store: any PostStore
    private let box: GalleryBox
    private let now: @Sendable () -> Int64
    /// Reads of the store are numbered as they begin. A later one saw all that an earlier one did,
    /// so an earlier one that comes in after it is out of date.
    private var lastRead = 0
    private var lastShown: [Hashtag: Int] = [:]
    /// The hashtags whose last read failed: what is shown of them may be out of date.
    private var stale: Set<Hashtag> = []
    /// What is shown, and the sensitive posts that are not.
    private var kept: [Hashtag: PostIndex] = [:]
    private var lastMinor: [Hashtag: Int64] = [:]
    /// The hashtags whose posts are being stored, each with those who wait to store theirs.
    private var storing: [Hashtag: [CheckedContinuation<Void, Never>]] = [:]

    init(
        hashtags: [Hashtag], sources: Set<String>, showsSensitive: Bool, store: any PostStore, box: GalleryBox,
        now: @escaping @Sendable () -> Int64
    ) {
        self.hashtags = hashtags
        self.sources = sources
        self.showsSensitive = showsSensitive
        self.store = store
        self.box = box
        self.now = now
    }

    /// What is known of a hashtag, shown or not.
    func posts(of hashtag: Hashtag) -> PostIndex { kept[hashtag] ?? PostIndex() }

    /// Stores posts that a source gave, those that are new or different, and shows them.
    ///
    /// One after the other for each hashtag: two sources that find one post at the same time make one of it.
    ///
    /// - Throws: what the store throws; then the gallery stays as it is.
    func keep(_ posts: [Post], of hashtag: Hashtag) async throws -> Kept {
        await takeTurn(hashtag)
        defer { endTurn(hashtag) }
        if stale.contains(hashtag) || kept[hashtag] == nil { try await refresh(hashtag) }
        let before = self.posts(of: hashtag)
        let time = now()
        // A clock that was set back must not stop the counts for long.
        let takesMinorChanges = lastMinor[hashtag].map { time - $0 >= Self.minorInterval || time < $0 } ?? true
        let updates = PostUpdates(
            found: posts, known: before, sources: sources, takesMinorChanges: takesMinorChanges, expired: box.expired)
        guard !updates.posts.isEmpty else { return Kept() }
        let changed = try await store.upsert(updates.posts, of: hashtag)
        if updates.hasMinorChanges { lastMinor[hashtag] = time }
        if changed > 0 { try await refresh(hashtag) }
        let after = self.posts(of: hashtag)
        let new = updates.posts.count { before.posts[$0.id] == nil && after.posts[$0.id].map(isShown) == true }
        return Kept(changed: changed, new: new)
    }

    /// Shows what the store holds for a hashtag, if that is not what is shown.
    ///
    /// - Throws: what the store throws; then the gallery stays as it is.
    func refresh(_ hashtag: Hashtag) async throws {
        lastRead += 1
        let read = lastRead
        let posts: [Post]
        do {
            // A database may hold what an earlier version took, or a stranger wrote.
            let known = self.posts(of: hashtag).posts
            posts = try await store.posts(of: hashtag).compactMap { post in
                post.isNews(comparedTo: known[post.id]) ? try? post.checked() : post
            }
        } catch {
            stale.insert(hashtag)
            throw error
        }
        // From here to the end nothing waits, so nothing comes between reading and replacing.
        guard read > lastShown[hashtag, default: 0] else { return }
        lastShown[hashtag] = read
        stale.remove(hashtag)
        let index = Post.merged(posts, keeping: self.posts(of: hashtag))
        kept[hashtag] = index
        let new = box.current.replacing(index.posts.values.filter(isShown), of: hashtag, hashtags: hashtags)
        if let new { box.replace(with: new) }
    }

    /// Sensitive posts are kept even where they are not shown: a post may be marked long after it was found.
    private func isShown(_ post: Post) -> Bool { showsSensitive || !post.isSensitive }

    private func takeTurn(_ hashtag: Hashtag) async {
        guard storing[hashtag] != nil else {
            storing[hashtag] = []
            return
        }
        await withCheckedContinuation { storing[hashtag, default: []].append($0) }
    }

    private func endTurn(_ hashtag: Hashtag) {
        if storing[hashtag]?.isEmpty == false {
            storing[hashtag]?.removeFirst().resume()
        } else {
            storing[hashtag] = nil
        }
    }
}

/// What one crawl leaves to the next of the same hashtag and source.
struct CrawlMemory: Sendable {
    /// What is remembered across starts of the service, too.
    var record: CrawlRecord
    /// What the ledger holds of it, as far as this process knows; nil while it holds nothing.
    var saved: CrawlRecord?
    /// What kind of failure was logged last.
    var logged: String?
    /// What was logged last of posts that cannot be shown.
    var loggedNotice: String?
    /// The posts that were known when a crawl broke off between two pages. The next one goes
    /// on down to these: that the first page is known by then says nothing of the others.
    var known: PostIndex?
    /// The posts on the pages of the last crawl that ended well: with those that are shown, all that can be known.
    /// The older ones of a list are not kept when newer ones fill the store.
    var seen: Set<Post.ID> = []
    /// When the newest of these was published, in seconds since 1970.
    var newest: Int64?
    /// How many posts were new since the last crawl that ended well.
    var new = 0
    /// When a crawl looked at more pages than it had to, in seconds since 1970.
    var lastThorough: Int64

    /// - Parameter saved: what the ledger holds.
    init(_ saved: CrawlRecord?, at now: Int64) {
        record = saved ?? CrawlRecord()
        self.saved = saved
        lastThorough = now
    }

    /// Goes on from what another process has written, one that was started by hand perhaps: it may have left a gap.
    mutating func adopt(_ saved: CrawlRecord?) {
        guard let saved, saved != self.saved else { return }
        record = saved
        self.saved = saved
    }

    /// For how long, in seconds, the times of crawls that found nothing are not written. A process that is killed, and
    /// its followers, lose no more than this.
    static let idleInterval: Int64 = 600

    /// Whether a crawl that changed nothing but the times of the record need not be written.
    func isIdle(after outcome: CrawlOutcome) -> Bool {
        guard let saved, let written = saved.lastAttempt, let last = record.lastAttempt, saved.lastSuccess != nil else {
            return false
        }
        return outcome.failure == nil && outcome.changed == 0 && saved.consecutiveFailures == 0
            && record.notice == saved.notice
            && (0..<Self.idleInterval).contains(last - written)
    }

    /// Whether a list without posts cannot be true: the last one had some that were not old.
    func isDoubtful(_ outcome: CrawlOutcome, at now: Int64) -> Bool {
        guard outcome.failure == nil, outcome.posts.isEmpty, let newest else { return false }
        return now - newest < 3_600
    }

    /// What is known for sure, of what is shown, when the process has only now begun to crawl.
    ///
    /// A crawl that broke off before then may have left a gap below what it found. What is older than the last one
    /// that ended well, less what clocks and a long crawl may make of it, has no gap below.
    func known(of shown: PostIndex) -> PostIndex {
        if let known { return known }
        guard record.consecutiveFailures > 0 else { return shown }
        guard let lastSuccess = record.lastSuccess else { return PostIndex() }
        return shown.published(before: lastSuccess - 3_600)
    }
}
