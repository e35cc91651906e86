/// Stores the records of crawls, the used quota, and the lease.
///
/// Processes that share a ledger coordinate their crawls. The implementations are in `Storage`.
package protocol CrawlLedger: Sendable {
    /// The record of the crawls of a hashtag through a source; `nil` before the first.
    func record(of hashtag: Hashtag, source: String) async throws -> CrawlRecord?

    /// Stores the record of the crawls of a hashtag through a source.
    func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) async throws

    /// The hashtags that were searched for on behalf of an account, each with the time of the search that began its
    /// seven days, in whole seconds since 1970. A service counts them against a quota of different hashtags.
    ///
    /// - Parameters:
    ///   - account: the account within the source.
    ///   - since: searches before this time are left out.
    func searches(source: String, account: String, since: Int64) async throws -> [Hashtag: Int64]

    /// Stores that a hashtag was searched for on behalf of an account.
    func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) async throws

    /// Takes a lease, or prolongs it for its holder.
    ///
    /// - Parameters:
    ///   - name: the name of the lease.
    ///   - holder: the unique name of the process.
    ///   - duration: how long the lease is valid, from `now` on.
    ///   - now: the time, in whole seconds since 1970.
    /// - Returns: `false` while another process holds it.
    func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) async throws -> Bool

    /// Releases a lease before its end. Does nothing if `holder` does not hold it.
    func dropLease(_ name: String, holder: String) async throws
}

/// The record of the crawls of one hashtag through one source, which outlives the process.
///
/// Times are whole seconds since 1970-01-01T00:00:00Z.
package struct CrawlRecord: Sendable, Hashable, Codable {
    /// A reason to delay a crawl, besides the schedule.
    package enum Hold: String, Sendable, Hashable, Codable {
        /// The service has asked to wait.
        case service
        /// Only a person can fix the cause, which may have happened before a restart.
        case stopped
    }

    /// When the last crawl began; `nil` before the first.
    package var lastAttempt: Int64?
    /// When the last crawl succeeded; `nil` before the first success.
    package var lastSuccess: Int64?
    /// When the next crawl is due; `nil` means at once.
    package var nextCrawl: Int64?
    /// Why no crawl may begin before ``nextCrawl``; `nil` if only the schedule sets it.
    package var hold: Hold?
    /// How many crawls have failed since the last success.
    package var consecutiveFailures: Int
    /// Why the last crawl failed, for a person; `nil` after a success. Contains no secret.
    package var lastError: String?
    /// How many of these failures, the last ones in a row, only a person can fix; `nil` means zero.
    package var refusals: Int?
    /// When the first of ``refusals`` occurred.
    package var refusedSince: Int64?
    /// Why the last successful crawl has nothing to show although there were posts; `nil` otherwise.
    package var notice: String?
    /// The recent number of posts an hour; `nil` if unknown.
    package var postsPerHour: Double?

    /// The largest number of failures that is stored.
    private static let mostFailures = 1_000_000

    /// Creates a record. Values from a damaged database are clamped, so that arithmetic does not overflow.
    package init(
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

    /// Decodes a record of the ledger; missing and invalid fields count as unknown.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            lastAttempt: values.lenient(.lastAttempt), lastSuccess: values.lenient(.lastSuccess),
            nextCrawl: values.lenient(.nextCrawl), hold: values.lenient(.hold),
            consecutiveFailures: values.lenient(.consecutiveFailures) ?? 0, lastError: values.text(.lastError),
            refusals: values.lenient(.refusals), refusedSince: values.lenient(.refusedSince),
            notice: values.text(.notice), postsPerHour: values.lenient(.postsPerHour))
    }
}
