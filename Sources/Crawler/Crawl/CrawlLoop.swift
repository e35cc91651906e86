import Logging

/// Crawls one hashtag through one source over and over.
struct CrawlLoop: Sendable {
    let crawl: HashtagCrawl
    let schedule: CrawlSchedule
    let monitor: CrawlMonitor
    let clock: any Clock<Duration>
    let now: @Sendable () -> Int64
    let logger: Logger

    /// Runs until the task is cancelled.
    func run() async {
        var memory = Memory()
        while !Task.isCancelled {
            let delay = await turn(&memory)
            monitor.schedule(crawl.hashtag, source: crawl.source.name, at: now() + delay.components.seconds)
            do { try await clock.sleep(for: delay) } catch { return }
        }
    }

    /// What one turn leaves to the next.
    private struct Memory {
        /// How many crawls failed in a row.
        var failures = 0
        /// What kind of failure was logged last.
        var logged: String?
        /// The posts that were known when a crawl broke off between two pages. The next one goes
        /// on down to these: that the first page is known by then says nothing of the others.
        var known: Set<Post.ID>?
    }

    /// - Returns: how long to wait for the next turn.
    private func turn(_ memory: inout Memory) async -> Duration {
        guard monitor.begin(crawl.hashtag, source: crawl.source.name, at: now()) else {
            return schedule.delay(isBusy: false)
        }
        let known = memory.known ?? crawl.shown
        let fetched = await crawl.fetch(known: known)
        // Half of what a crawl finds, stored as the process ends, would hide the other half from
        // the next start. That one asks again.
        let outcome = Task.isCancelled ? fetched : await crawl.keep(fetched)
        monitor.end(outcome, at: now())
        log(outcome, since: memory.logged)
        memory.logged = outcome.failure?.kind
        memory.known = outcome.failure == nil ? nil : known
        guard let failure = outcome.failure else {
            memory.failures = 0
            return schedule.delay(isBusy: crawl.source.usage?.isBusy(at: now()) ?? false)
        }
        memory.failures += 1
        return schedule.delay(after: failure, failures: memory.failures)
    }

    /// News are told as info, a failure as a warning when it begins or becomes another; the rest
    /// only to those who debug.
    private func log(_ outcome: CrawlOutcome, since lastFailure: String?) {
        if outcome.new > 0, let newest = outcome.posts.first {
            logger.info(
                "found new posts",
                metadata: ["new": "\(outcome.new)", "newest": "\(newest.id)", "published": "\(newest.publishedAt)"]
            )
        }
        if outcome.skipped > 0 {
            logger.debug("left out what could not be understood", metadata: ["skipped": "\(outcome.skipped)"])
        }
        switch outcome.failure {
        case .source(.cancelled): break
        case let failure?:
            let level: Logger.Level = failure.kind == lastFailure ? .debug : .warning
            logger.log(level: level, "the crawl failed: \(failure)", metadata: ["kind": "\(failure.kind)"])
        case nil where lastFailure != nil: logger.info("the crawl works again")
        case nil: break
        }
    }
}
