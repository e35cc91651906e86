/// What the crawl of one hashtag through one source is at.
public enum CrawlState: String, Sendable, Hashable, CaseIterable {
    /// All is well, and the next crawl has its time.
    case waiting
    /// Asking the source right now.
    case crawling
    /// The last crawl failed; the next one comes after a back-off.
    case failing
    /// The last crawl failed in a way that only a person can mend; looked at again now and then.
    case stopped
}
