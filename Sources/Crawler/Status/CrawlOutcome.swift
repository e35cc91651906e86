/// What one crawl of a hashtag through a source came to.
public struct CrawlOutcome: Sendable {
    /// Whose posts were looked for.
    public let hashtag: Hashtag
    /// The name of the source that was asked.
    public let source: String
    /// How many pages came.
    public var pages = 0
    /// The posts on them, newest first, none twice.
    public var posts: [Post] = []
    /// How many items on them could not be understood.
    public var skipped = 0
    /// How many of the posts were not shown before and are now.
    public var new = 0
    /// How many of the posts were new to the store or different from what it held.
    public var changed = 0
    /// Why the crawl ended early; nil when it ended well. What came before is kept all the same.
    public var failure: CrawlFailure?

    init(hashtag: Hashtag, source: String) {
        self.hashtag = hashtag
        self.source = source
    }
}
