import Posts

/// Stores the posts of crawls, and creates new galleries from the store.
///
/// One actor serves all hashtags, so that concurrent changes do not overwrite each other.
actor GalleryKeeper {
    /// The result of storing posts.
    struct Kept: Sendable, Equatable {
        /// How many posts were new or changed.
        var changed = 0
        /// How many posts are shown that were not shown before.
        var new = 0
    }

    /// The shortest time in seconds between two writes of a hashtag because of changed counts or signatures alone. A
    /// new address for one that was reported as expired is written at once.
    static let minorInterval: Int64 = 300

    private let hashtags: [Hashtag]
    private let sources: Set<String>
    private let showsSensitive: Bool
    private let store: any PostStore
    private let box: GalleryBox
    private let now: @Sendable () -> Int64
    /// Reads of the store are numbered as they begin. A read that completes after a later one is out of date.
    private var lastRead = 0
    private var lastShown: [Hashtag: Int] = [:]
    /// The hashtags whose last read failed: their shown posts may be out of date.
    private var stale: Set<Hashtag> = []
    /// The shown posts, and the hidden sensitive ones.
    private var kept: [Hashtag: PostIndex] = [:]
    private var lastMinor: [Hashtag: Int64] = [:]
    /// The hashtags whose posts are being stored, each with the tasks that wait for their turn.
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

    /// The known posts of a hashtag, shown or not.
    func posts(of hashtag: Hashtag) -> PostIndex { kept[hashtag] ?? PostIndex() }

    /// Stores the new and changed posts of a source, and shows them.
    ///
    /// Calls for one hashtag are serialised, so that a post that two sources find at the same time is merged.
    ///
    /// - Throws: the store's error; then the gallery is unchanged.
    func keep(_ posts: [Post], of hashtag: Hashtag) async throws -> Kept {
        await takeTurn(hashtag)
        defer { endTurn(hashtag) }
        if stale.contains(hashtag) || kept[hashtag] == nil { try await refresh(hashtag) }
        let before = self.posts(of: hashtag)
        let time = now()
        // A clock that was set back must not hold the counts up for long.
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

    /// Shows the stored posts of a hashtag.
    ///
    /// - Throws: the store's error; then the gallery is unchanged.
    func refresh(_ hashtag: Hashtag) async throws {
        lastRead += 1
        let read = lastRead
        let posts: [Post]
        do {
            // The database may contain posts of an earlier version or another program.
            let known = self.posts(of: hashtag).posts
            posts = try await store.posts(of: hashtag).compactMap { post in
                post.isNews(comparedTo: known[post.id]) ? try? post.checked() : post
            }
        } catch {
            stale.insert(hashtag)
            throw error
        }
        // There is no suspension from here to the end, so nothing comes between the check and the replacement.
        guard read > lastShown[hashtag, default: 0] else { return }
        lastShown[hashtag] = read
        stale.remove(hashtag)
        let index = Post.merged(posts, keeping: self.posts(of: hashtag))
        kept[hashtag] = index
        let new = box.current.replacing(index.posts.values.filter(isShown), of: hashtag, hashtags: hashtags)
        if let new { box.replace(with: new) }
    }

    /// Hidden posts are stored too: a post may be marked as sensitive long after it was found.
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

/// The state that one crawl leaves to the next of the same hashtag and source.
struct CrawlMemory: Sendable {
    /// The part that outlives the process.
    var record: CrawlRecord
    /// The record as last read from or written to the ledger; `nil` if there is none.
    var saved: CrawlRecord?
    /// The kind of the last logged failure.
    var logged: String?
    /// The last logged notice.
    var loggedNotice: String?
    /// The posts that were known when a crawl failed between two pages. The next crawl continues down to these, even if
    /// the first page is known by then.
    var known: PostIndex?
    /// The posts on the pages of the last successful crawl. Some may be too old to be stored.
    var seen: Set<Post.ID> = []
    /// When the newest of ``seen`` was published, in seconds since 1970.
    var newest: Int64?
    /// How many posts were new since the last successful crawl.
    var new = 0
    /// When the last thorough crawl began, in seconds since 1970.
    var lastThorough: Int64

    /// - Parameter saved: the record in the ledger.
    init(_ saved: CrawlRecord?, at now: Int64) {
        record = saved ?? CrawlRecord()
        self.saved = saved
        lastThorough = now
    }

    /// Takes over a record that another process has written; that one may have left a gap.
    mutating func adopt(_ saved: CrawlRecord?) {
        guard let saved, saved != self.saved else { return }
        record = saved
        self.saved = saved
    }

    /// How long, in seconds, the times of crawls without new posts are not written. A killed process, and its
    /// followers, lose at most this.
    static let idleInterval: Int64 = 600

    /// Whether a crawl changed only times that need not be written yet.
    func isIdle(after outcome: CrawlOutcome) -> Bool {
        guard let saved, let written = saved.lastAttempt, let last = record.lastAttempt, saved.lastSuccess != nil else {
            return false
        }
        return outcome.failure == nil && outcome.changed == 0 && saved.consecutiveFailures == 0
            && record.notice == saved.notice
            && (0..<Self.idleInterval).contains(last - written)
    }

    /// Whether an empty list is implausible: the last one had recent posts.
    func isDoubtful(_ outcome: CrawlOutcome, at now: Int64) -> Bool {
        guard outcome.failure == nil, outcome.posts.isEmpty, let newest else { return false }
        return now - newest < 3_600
    }

    /// The posts below which there is no gap, for a process that has just begun to crawl.
    ///
    /// A failed crawl may have left a gap below its posts. Posts older than the last successful crawl, less an hour for
    /// clocks and long crawls, have no gap below.
    func known(of shown: PostIndex) -> PostIndex {
        if let known { return known }
        guard record.consecutiveFailures > 0 else { return shown }
        guard let lastSuccess = record.lastSuccess else { return PostIndex() }
        return shown.published(before: lastSuccess - 3_600)
    }
}
