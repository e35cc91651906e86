/// The state of the crawls of one hashtag through one source.
///
/// Times are whole seconds since 1970-01-01T00:00:00Z.
package struct CrawlStatus: Sendable, Hashable {
    /// The hashtag whose posts are searched for.
    package let hashtag: Hashtag
    /// The name of the source.
    package let source: String
    package var state: CrawlState
    /// The record of its crawls.
    package var record: CrawlRecord

    package init(
        hashtag: Hashtag, source: String, state: CrawlState = .waiting, record: CrawlRecord = CrawlRecord()
    ) {
        self.hashtag = hashtag
        self.source = source
        self.state = state
        self.record = record
    }

    /// When the last crawl began; `nil` before the first.
    package var lastAttempt: Int64? { record.lastAttempt }
    /// When the last crawl succeeded; `nil` before the first success.
    package var lastSuccess: Int64? { record.lastSuccess }
    /// How many crawls have failed since the last success.
    package var consecutiveFailures: Int { record.consecutiveFailures }
    /// Why the last crawl failed, for a person; `nil` after a success.
    package var lastError: String? { record.lastError }
    /// Why there is nothing to show although the last crawl succeeded and found posts; `nil` otherwise.
    package var notice: String? { record.notice }
    /// When the next crawl begins; `nil` if unknown.
    package var nextCrawl: Int64? { record.nextCrawl }
    /// The recent rate of posts an hour; `nil` if unknown.
    package var postsPerHour: Double? { record.postsPerHour }
}

/// The phase of the crawls of one hashtag through one source.
package enum CrawlState: String, Sendable, Hashable, CaseIterable {
    /// The last crawl succeeded, or there was none; the next one is scheduled.
    case waiting
    /// A crawl is running.
    case crawling
    /// The last crawl failed; the next one follows after a back-off.
    case failing
    /// The last crawls failed in a way that only a person can fix; tried again at long intervals.
    case stopped
}

/// The role of a process among those that share a database.
package enum CrawlRole: String, Sendable, Hashable, CaseIterable {
    /// It crawls, and the others follow.
    case leader
    /// Another process crawls, and this one shows the posts that it finds.
    case follower
    /// It crawls without knowing of the others, because the shared ledger cannot be reached.
    case alone
}

/// The state of the storage.
package enum StorageHealth: Sendable, Hashable {
    /// Posts are written to the database.
    case ok
    /// There is no database, by configuration.
    case memoryOnly
    /// The database cannot be used for now: the reason, and the remedy. Contains no file name.
    case failing(String)
}
