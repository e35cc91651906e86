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
    /// What was wrong with the items on them that were left out, and with how many of them.
    public var defects: [PostDefect: Int] = [:]
    /// How many of the posts were not shown before and are now.
    public var new = 0
    /// How many of the posts were new to the store or different from what it held.
    public var changed = 0
    /// Why the crawl ended early; nil when it ended well. What came before is kept all the same.
    public var failure: CrawlFailure?

    /// How many items were left out.
    public var skipped: Int { defects.values.reduce(0, +) }

    init(hashtag: Hashtag, source: String) {
        self.hashtag = hashtag
        self.source = source
    }
}
