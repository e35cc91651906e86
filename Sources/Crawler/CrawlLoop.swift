import Logging
import Posts

/// Crawls one hashtag through one source repeatedly.
struct CrawlLoop: Sendable {
    let crawl: HashtagCrawl
    let schedule: CrawlSchedule
    let journal: CrawlJournal
    let monitor: CrawlMonitor
    let logger: Logger

    private var configuration: CrawlerService.Configuration { schedule.configuration }
    private var source: String { crawl.source.name }
    private func now() -> Int64 { crawl.now() }

    /// Runs until the task is cancelled. The first crawl begins when it is due by the record, or at once if the last
    /// one was refused: a person may have fixed the cause.
    func run() async {
        var memory = CrawlMemory(await journal.load(), at: now())
        monitor.show(memory.record, of: crawl.hashtag, source: source)
        var delay =
            memory.record.hold == .stopped || memory.record.refusals != nil
            ? .zero : schedule.rest(of: memory.record, source: source, at: now())
        while !Task.isCancelled {
            if delay > .zero {
                do { try await crawl.clock.sleep(for: delay) } catch { break }
            }
            guard let outcome = await turn(&memory) else {
                delay = configuration.interval
                continue
            }
            log(outcome, memory)
            memory.logged = outcome.failure?.kind
            memory.loggedNotice = memory.record.notice
            delay = conclude(outcome, &memory)
            if !memory.isIdle(after: outcome) { await save(&memory) }
        }
        // Write the record of idle crawls, unless another process has written it in between.
        if memory.record != memory.saved, await journal.load() == memory.saved { await save(&memory) }
    }

    /// Crawls once.
    ///
    /// - Parameter onlyDue: whether to crawl only if a crawl is due by the record.
    /// - Returns: `nil` if it is not due, or a crawl of the hashtag is running.
    func once(onlyDue: Bool) async -> CrawlOutcome? {
        var memory = CrawlMemory(await journal.load(), at: now())
        guard !onlyDue || schedule.rest(of: memory.record, source: source, at: now()) == .zero else {
            monitor.show(memory.record, of: crawl.hashtag, source: source)
            return nil
        }
        guard let outcome = await turn(&memory, keepsWhenCancelled: true) else { return nil }
        _ = conclude(outcome, &memory)
        // The record is all that tells the next process when a crawl is due.
        if onlyDue || !memory.isIdle(after: outcome) { await save(&memory) }
        return outcome
    }

    /// Closes the gate of the source if, by the record, the service has asked to wait.
    func restoreHold() async {
        guard let record = await journal.load() else { return }
        closeGate(by: record)
    }

    private func closeGate(by record: CrawlRecord) {
        guard record.hold == .service, let next = record.nextCrawl else { return }
        crawl.gate.close(until: next, at: now())
    }

    /// - Returns: how long to wait for the next crawl.
    private func conclude(_ outcome: CrawlOutcome, _ memory: inout CrawlMemory) -> Duration {
        let delay = wait(after: outcome, memory)
        memory.record.nextCrawl = now() + delay.components.seconds
        monitor.show(memory.record, of: crawl.hashtag, source: source)
        return delay
    }

    private func save(_ memory: inout CrawlMemory) async {
        if await journal.save(memory.record) { memory.saved = memory.record }
    }

    /// - Returns: `nil` if a crawl is running, or the task was cancelled and nothing was stored.
    private func turn(_ memory: inout CrawlMemory, keepsWhenCancelled: Bool = false) async -> CrawlOutcome? {
        memory.adopt(await journal.load())
        closeGate(by: memory.record)
        let begin = now()
        let before = memory.record
        memory.record.lastAttempt = begin
        memory.record.nextCrawl = nil
        guard monitor.begin(memory.record, of: crawl.hashtag, source: source) else {
            memory.record = before
            return nil
        }
        let reach = await reach(memory, at: begin)
        var fetched = await crawl.fetch(reach)
        if memory.isDoubtful(fetched, at: begin) {
            fetched.failure = .source(.unusableResponse("a list without posts, where there were some a moment ago"))
        }
        // Do not store half of a crawl as the process ends: the next start would take the other half for known.
        guard !Task.isCancelled || keepsWhenCancelled else {
            memory.record = before
            monitor.show(before, of: crawl.hashtag, source: source)
            return nil
        }
        if let failure = fetched.failure, !fetched.posts.isEmpty {
            // If the process ends from here on, the next one must know of the gap.
            var record = memory.record
            record.fail(failure, at: now())
            record.nextCrawl = begin
            if await journal.save(record) { memory.saved = record }
        }
        let outcome = await crawl.keep(fetched)
        memory.new += outcome.new
        if let failure = outcome.failure {
            memory.record.fail(failure, at: now())
            memory.known = reach.known
        } else {
            memory.record.succeed(
                new: memory.new, posts: outcome.posts, defects: outcome.defects, at: now())
            memory.known = nil
            memory.seen = Set(outcome.posts.map(\.id))
            memory.newest = outcome.posts.first?.publishedAt
            memory.new = 0
            if reach.least > 1 { memory.lastThorough = begin }
        }
        return outcome
    }

    private func reach(_ memory: CrawlMemory, at now: Int64) async -> HashtagCrawl.Reach {
        let known = memory.known(of: await crawl.keeper.posts(of: crawl.hashtag))
        let isFirst = memory.record.lastSuccess == nil
        let isThorough =
            .seconds(now - memory.lastThorough) >= configuration.thoroughInterval
            && crawl.source.usage?.isBusy(at: now) != true
        return HashtagCrawl.Reach(
            known: known, seen: memory.seen, least: isThorough ? configuration.pagesPerCrawl : 1,
            most: isFirst ? configuration.pagesPerCrawl : max(configuration.pagesPerCrawl, configuration.catchUpPages))
    }

    private func wait(after outcome: CrawlOutcome, _ memory: CrawlMemory) -> Duration {
        if let failure = outcome.failure {
            return schedule.wait(after: failure, memory.record)
        }
        return schedule.wait(
            source: source, postsPerHour: memory.record.postsPerHour,
            slowdown: crawl.source.usage?.slowdown(at: now()) ?? 1)
    }

    /// Logs new posts at `info`, and a failure, or that nothing can be shown, at `warning` when it starts or changes.
    private func log(_ outcome: CrawlOutcome, _ memory: CrawlMemory) {
        if outcome.new > 0, let newest = outcome.posts.first {
            logger.info(
                "found new posts",
                metadata: ["new": "\(outcome.new)", "newest": "\(newest.id)", "published": "\(newest.publishedAt)"]
            )
        }
        if outcome.skipped > 0 {
            logger.debug("left out \(outcome.defects.inWords)", metadata: ["skipped": "\(outcome.skipped)"])
        }
        if outcome.failure == nil, memory.record.notice != memory.loggedNotice {
            if let notice = memory.record.notice {
                logger.warning("\(notice)")
            } else {
                logger.info("there are posts to show again")
            }
        }
        let lastFailure = memory.logged
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
