import Crawler
import Web

extension HealthReport {
    /// How the crawls are doing.
    init(_ statuses: [CrawlStatus]) {
        let sources = statuses.map(SourceHealth.init)
        let worst = sources.map(\.state).max() ?? .waiting
        self.init(
            crawler: Component(state: worst, message: sources.first { $0.state == worst }?.message), sources: sources)
    }
}

extension SourceHealth {
    fileprivate init(_ status: CrawlStatus) {
        let state: HealthReport.State =
            switch status.state {
            case .stopped: .stopped
            case .failing: .failing
            case .waiting, .crawling:
                status.consecutiveFailures > 0 ? .failing : status.lastSuccess == nil ? .waiting : .ok
            }
        self.init(
            hashtag: status.hashtag, source: status.source, state: state, lastCrawl: status.lastAttempt,
            lastSuccess: status.lastSuccess, nextCrawl: status.nextCrawl, message: status.lastError)
    }
}
