/// How the crawl of one hashtag through one source goes, for `/health` and `/tags`.
///
/// Times are whole seconds since 1970-01-01T00:00:00Z.
public struct CrawlStatus: Sendable, Hashable {
    /// Whose posts are looked for.
    public let hashtag: Hashtag
    /// The name of the source that is asked.
    public let source: String
    /// What it is at.
    public internal(set) var state: CrawlState = .waiting
    /// What is remembered of its crawls.
    var record = CrawlRecord()

    /// When the last crawl began; nil before the first.
    public var lastAttempt: Int64? { record.lastAttempt }
    /// When the last crawl ended well; nil before the first that did.
    public var lastSuccess: Int64? { record.lastSuccess }
    /// How many crawls failed since the last that ended well.
    public var consecutiveFailures: Int { record.consecutiveFailures }
    /// Why the last crawl failed, for a person; nil after one that ended well.
    public var lastError: String? { record.lastError }
    /// Why there is nothing to show although the last crawl succeeded and there were posts; nil when there is.
    public var notice: String? { record.notice }
    /// When the next crawl is to begin; nil while it is not known.
    public var nextCrawl: Int64? { record.nextCrawl }
    /// How many posts an hour there have been lately; nil while that is not known.
    public var postsPerHour: Double? { record.postsPerHour }

    init(hashtag: Hashtag, source: String) {
        self.hashtag = hashtag
        self.source = source
    }
}
