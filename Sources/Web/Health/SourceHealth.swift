import Crawler

/// How one source is doing for one hashtag.
///
/// Times are in seconds since 1970-01-01T00:00:00Z.
public struct SourceHealth: Sendable, Equatable {
    /// The hashtag that is asked for.
    public var hashtag: Hashtag
    /// The name of the source, as in ``Crawler/Post/ID/source``.
    public var source: String
    /// What the last crawl came to.
    public var state: HealthReport.State
    /// When it was last asked, well or not.
    public var lastCrawl: Int64?
    /// When it last answered well.
    public var lastSuccess: Int64?
    /// When it will be asked again.
    public var nextCrawl: Int64?
    /// Why it is not well: one sentence that a person can act on, shown to the public.
    public var message: String?

    /// - Parameters:
    ///   - hashtag: the hashtag that is asked for.
    ///   - source: the name of the source.
    ///   - state: what the last crawl came to.
    ///   - lastCrawl: when it was last asked.
    ///   - lastSuccess: when it last answered well.
    ///   - nextCrawl: when it will be asked again.
    ///   - message: one sentence, shown to the public.
    public init(
        hashtag: Hashtag, source: String, state: HealthReport.State, lastCrawl: Int64? = nil,
        lastSuccess: Int64? = nil, nextCrawl: Int64? = nil, message: String? = nil
    ) {
        self.hashtag = hashtag
        self.source = source
        self.state = state
        self.lastCrawl = lastCrawl
        self.lastSuccess = lastSuccess
        self.nextCrawl = nextCrawl
        self.message = message
    }
}
