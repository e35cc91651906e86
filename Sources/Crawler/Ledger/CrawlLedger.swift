/// Keeps what crawls need to know of earlier ones, and of those in other processes.
///
/// `Storage` holds the implementations; a database that several processes share makes them one crawler.
public protocol CrawlLedger: Sendable {
    /// What is remembered of the crawls of a hashtag through a source; nil before the first.
    func record(of hashtag: Hashtag, source: String) async throws -> CrawlRecord?

    /// Remembers how the crawls of a hashtag through a source go.
    func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) async throws

    /// The hashtags that were searched for on behalf of an account, each with the time of the search that began
    /// its seven days, in whole seconds since 1970: what a service counts against a quota of different hashtags.
    ///
    /// - Parameters:
    ///   - account: names the account within the source.
    ///   - since: searches before this time are left out.
    func searches(source: String, account: String, since: Int64) async throws -> [Hashtag: Int64]

    /// Remembers that a hashtag was searched for on behalf of an account.
    func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) async throws

    /// Takes a lease, or prolongs it for the one who holds it.
    ///
    /// - Parameters:
    ///   - name: what the lease is for.
    ///   - holder: names the process for as long as it runs; no other has the same.
    ///   - duration: for how long it is taken, from `now` on.
    ///   - now: the time, in whole seconds since 1970.
    /// - Returns: false while another holds it.
    func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) async throws -> Bool

    /// Gives a lease back, so that another need not wait for its end. Does nothing when `holder` does not hold it.
    func dropLease(_ name: String, holder: String) async throws
}
