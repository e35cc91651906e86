/// What is remembered of the crawls of one hashtag through one source from one start of the service to the next.
///
/// Times are whole seconds since 1970-01-01T00:00:00Z.
public struct CrawlRecord: Sendable, Hashable, Codable {
    /// What forbids a crawl before its time, beside the schedule.
    public enum Hold: String, Sendable, Hashable, Codable {
        /// The service has asked to wait.
        case service
        /// Only a person can mend what is wrong. That may have happened when the service is started.
        case stopped
    }

    /// When the last crawl began; nil before the first.
    public var lastAttempt: Int64?
    /// When the last crawl ended well; nil before the first that did.
    public var lastSuccess: Int64?
    /// When the next crawl is due; nil while it is not known, and then it is due at once.
    public var nextCrawl: Int64?
    /// Why no crawl may begin before ``nextCrawl``; nil when only the schedule says so.
    public var hold: Hold?
    /// How many crawls failed since the last that ended well.
    public var consecutiveFailures: Int
    /// Why the last crawl failed, for a person; nil after one that ended well. Holds no secret.
    public var lastError: String?
    /// How many posts an hour the hashtag has had lately; nil while that is not known.
    public var postsPerHour: Double?

    /// Creates a record; each parameter is the field of its name.
    public init(
        lastAttempt: Int64? = nil, lastSuccess: Int64? = nil, nextCrawl: Int64? = nil, hold: Hold? = nil,
        consecutiveFailures: Int = 0, lastError: String? = nil, postsPerHour: Double? = nil
    ) {
        self.lastAttempt = lastAttempt
        self.lastSuccess = lastSuccess
        self.nextCrawl = nextCrawl
        self.hold = hold
        self.consecutiveFailures = consecutiveFailures
        self.lastError = lastError
        self.postsPerHour = postsPerHour
    }
}
