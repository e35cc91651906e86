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
    /// How many of them, the last ones in a row, only a person can fix; nil as zero.
    public var refusals: Int?
    /// When the first of these was.
    public var refusedSince: Int64?
    /// Why the last crawl that succeeded has nothing to show although there were posts; nil when it has.
    public var notice: String?
    /// How many posts an hour the hashtag has had lately; nil while that is not known.
    public var postsPerHour: Double?

    /// The most failures that are counted.
    private static let mostFailures = 1_000_000

    /// Creates a record. Values out of a damaged database are cut, so that arithmetic with them does not overflow.
    public init(
        lastAttempt: Int64? = nil, lastSuccess: Int64? = nil, nextCrawl: Int64? = nil, hold: Hold? = nil,
        consecutiveFailures: Int = 0, lastError: String? = nil, refusals: Int? = nil, refusedSince: Int64? = nil,
        notice: String? = nil, postsPerHour: Double? = nil
    ) {
        self.lastAttempt = lastAttempt.map(Epoch.bounded)
        self.lastSuccess = lastSuccess.map(Epoch.bounded)
        self.nextCrawl = nextCrawl.map(Epoch.bounded)
        self.hold = hold
        self.consecutiveFailures = min(max(0, consecutiveFailures), Self.mostFailures)
        self.lastError = lastError?.bounded(scalars: 2_000, bytes: 8_000)
        self.refusals = refusals.map { min(max(0, $0), Self.mostFailures) }
        self.refusedSince = refusedSince.map(Epoch.bounded)
        self.notice = notice?.bounded(scalars: 2_000, bytes: 8_000)
        self.postsPerHour = postsPerHour.flatMap { (0...1e9).contains($0) ? $0 : nil }
    }

    /// Reads a record as the ledger keeps it; fields that are absent or wrong count as unknown.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            lastAttempt: values.lenient(.lastAttempt), lastSuccess: values.lenient(.lastSuccess),
            nextCrawl: values.lenient(.nextCrawl), hold: values.lenient(.hold),
            consecutiveFailures: values.lenient(.consecutiveFailures) ?? 0, lastError: values.text(.lastError),
            refusals: values.lenient(.refusals), refusedSince: values.lenient(.refusedSince),
            notice: values.text(.notice), postsPerHour: values.lenient(.postsPerHour))
    }
}
