extension CrawlerService {
    /// How often and how deep to crawl.
    public struct Configuration: Sendable {
        /// What to look for, in the operator's order.
        public var hashtags: [Hashtag]
        /// The time between two crawls of a hashtag through a source. More than none.
        public var interval: Duration
        /// The most pages that one crawl asks for. At least 1.
        public var pagesPerCrawl: Int
        /// By how much an interval is shorter or longer at random, as a fraction of it: 0 to 1.
        public var jitter: Double
        /// The longest wait after a first failure; doubles with each further one.
        public var backoffBase: Duration
        /// The longest wait after any number of failures. An hour or more would lose posts of
        /// services that show them for so long only.
        public var backoffCap: Duration

        /// Creates a configuration; each parameter is the field of its name.
        public init(
            hashtags: [Hashtag], interval: Duration = .seconds(300), pagesPerCrawl: Int = 4, jitter: Double = 0.1,
            backoffBase: Duration = .seconds(5), backoffCap: Duration = .seconds(900)
        ) {
            self.hashtags = hashtags
            self.interval = interval
            self.pagesPerCrawl = pagesPerCrawl
            self.jitter = jitter
            self.backoffBase = backoffBase
            self.backoffCap = backoffCap
        }
    }
}
