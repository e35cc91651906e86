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
    /// When the last crawl began; nil before the first.
    public internal(set) var lastAttempt: Int64?
    /// When the last crawl ended well; nil before the first that did.
    public internal(set) var lastSuccess: Int64?
    /// How many crawls failed since the last that ended well.
    public internal(set) var consecutiveFailures = 0
    /// Why the last crawl failed, for a person; nil after one that ended well.
    public internal(set) var lastError: String?
    /// When the next crawl is to begin; nil while it is not known.
    public internal(set) var nextCrawl: Int64?

    init(hashtag: Hashtag, source: String) {
        self.hashtag = hashtag
        self.source = source
    }
}
