import Crawler
import Storage
import Web

extension HealthReport {
    /// How the crawls are doing, who does them, and how what they find is kept.
    init(_ statuses: [CrawlStatus], role: CrawlRole, storage: StorageHealth, budgets: [SourceBudget]) {
        let sources = statuses.map(SourceHealth.init)
        let worst = sources.map(\.state).max() ?? .waiting
        var crawler = Component(
            state: worst, message: sources.first { $0.state == worst && $0.message != nil }?.message)
        if role == .alone, worst < .failing {
            crawler = Component(
                state: .failing, message: "the ledger that processes share cannot be reached: each crawls on its own")
        }
        self.init(
            crawler: crawler, crawlerRole: role.rawValue, storage: Component(storage), sources: sources,
            budgets: budgets)
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
            lastSuccess: status.lastSuccess, nextCrawl: status.nextCrawl, message: status.lastError ?? status.notice)
    }
}

extension HealthReport.Component {
    fileprivate init(_ storage: StorageHealth) {
        switch storage {
        case .ok, .memoryOnly: self.init(state: .ok)
        case .failing(let message): self.init(state: .failing, message: message)
        }
    }
}
