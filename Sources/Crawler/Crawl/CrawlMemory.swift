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
