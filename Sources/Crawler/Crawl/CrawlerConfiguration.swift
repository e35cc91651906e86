extension CrawlerService {
    /// How often and how deep to crawl.
    public struct Configuration: Sendable {
        /// What to look for, in the operator's order.
        public var hashtags: [Hashtag]
        /// Whether posts are shown that their source marks as sensitive. They are kept in any case.
        public var showsSensitive: Bool
        /// The time between two crawls of a hashtag through a source that has a new post every other time. More than
        /// none.
        public var interval: Duration
        /// The shortest and the longest time between two crawls, for a busy hashtag and a quiet one, as multiples of
        /// the interval.
        public var adaptation: ClosedRange<Double>
        /// The shortest time between two crawls of a service that others run, whatever the interval.
        public var leastInterval: Duration
        /// The names of the sources that the operator runs on this machine: ``leastInterval`` is not for them.
        public var localSources: Set<String>
        /// The most pages that the first crawl of a hashtag asks for, and those that a crawl looks at now and then
        /// whether it knows them or not. At least 1.
        public var pagesPerCrawl: Int
        /// The most pages that a later crawl asks for to catch up with what it has missed.
        public var catchUpPages: Int
        /// How often a crawl looks at ``pagesPerCrawl`` pages: posts can come into a list below those that are known.
        public var thoroughInterval: Duration
        /// The longest that one crawl may take; nil when only the source's own limits count.
        public var crawlDeadline: Duration?
        /// By how much an interval is shorter or longer at random, as a fraction of it: 0 to 1.
        public var jitter: Double
        /// The longest wait after a first failure; doubles with each further one.
        public var backoffBase: Duration
        /// The longest wait after any number of failures. A service that works for ten minutes of an hour, and shows
        /// a post for no longer than that hour, must be met in them.
        public var backoffCap: Duration

        /// Creates a configuration; each parameter is the field of its name.
        public init(
            hashtags: [Hashtag], showsSensitive: Bool = false, interval: Duration = .seconds(300),
            adaptation: ClosedRange<Double> = 0.25...4, leastInterval: Duration = .seconds(30),
            localSources: Set<String> = [], pagesPerCrawl: Int = 4,
            catchUpPages: Int = 25, thoroughInterval: Duration = .seconds(1_800),
            crawlDeadline: Duration? = .seconds(300), jitter: Double = 0.1, backoffBase: Duration = .seconds(5),
            backoffCap: Duration = .seconds(600)
        ) {
            self.hashtags = hashtags
            self.showsSensitive = showsSensitive
            self.interval = interval
            self.adaptation = adaptation
            self.leastInterval = leastInterval
            self.localSources = localSources
            self.pagesPerCrawl = pagesPerCrawl
            self.catchUpPages = catchUpPages
            self.thoroughInterval = thoroughInterval
            self.crawlDeadline = crawlDeadline
            self.jitter = jitter
            self.backoffBase = backoffBase
            self.backoffCap = backoffCap
        }
    }
}
