import HTTPTypes
import Posts
import Testing

@testable import Web

@Suite struct HealthTests {
    @Test("Answers 200 with the state of every part, however bad that is")
    func report() async throws {
        let report = HealthReport(
            sources: [
                CrawlStatus(
                    hashtag: try Hashtag("golang"), source: "instagram", state: .stopped,
                    record: CrawlRecord(
                        lastAttempt: Sample.now, lastSuccess: Sample.now - 60, nextCrawl: Sample.now + 60,
                        lastError: "The token has expired."))
            ],
            storage: .failing("No room"),
            budgets: [
                SourceBudget(
                    source: "instagram", usage: UsageReport(percent: 80, receivedAt: Sample.now),
                    searches: SearchBudget(limit: 30, used: 30, nextFree: Sample.now))
            ]
        )
        let response = try await withSite(health: report) { try await $0.get("/health") }
        let expected =
            #"{"status":"stopped","crawler":{"state":"stopped","role":"leader","message":"The token has expired."},"#
            + #""storage":{"state":"failing","message":"No room"},"#
            + #""gallery":{"version":1,"posts":5,"newest":"2025-11-24T04:53:19Z"},"#
            + #""sources":[{"hashtag":"golang","source":"instagram","state":"stopped","last_crawl":"2025-11-24T04:53:20Z","#
            + #""last_success":"2025-11-24T04:52:20Z","next_crawl":"2025-11-24T04:54:20Z","#
            + #""message":"The token has expired."}],"#
            + #""budgets":[{"source":"instagram","state":"ok","used_percent":80,"hashtags_allowed":30,"#
            + #""hashtags_used":30,"next_free":"2025-11-24T04:53:20Z","#
            + #""message":"It is asked less often, until less of its allowance is used."}]}"# + "\n"
        #expect(response.status == .ok)
        #expect(response.text == expected)
        #expect(response.headers[.cacheControl] == "no-store")
    }

    @Test func `Says who crawls`() async throws {
        let report = HealthReport(
            sources: [try Self.status("a", .ok), try Self.status("b", .ok)], role: .follower, storage: .memoryOnly)
        let response = try await withSite(health: report) { try await $0.get("/health") }
        #expect(response.text.contains(#""crawler":{"state":"ok","role":"follower"}"#))
        #expect(response.text.contains(#""storage":{"state":"ok"}"#))
    }

    @Test func `A process that crawls on its own is failing, unless a source is worse`() throws {
        let alone = HealthReport(sources: [try Self.status("a", .ok)], role: .alone)
        #expect(alone.crawler.state == .failing && alone.crawler.message?.contains("on its own") == true)
        let stopped = HealthReport(sources: [try Self.status("a", .stopped)], role: .alone)
        #expect(stopped.crawler == HealthReport.Component(state: .stopped, message: "No"))
    }

    @Test(
        arguments: [
            (SourceBudget(source: "a"), .ok, nil),
            (Self.budget(percent: 74, used: 29), .ok, nil),
            (Self.budget(percent: 75), .ok, "less often"),
            (Self.budget(percent: 250), .failing, "used up"),
            (Self.budget(used: 31), .ok, "No new hashtag"),
        ] as [(SourceBudget, HealthReport.State, String?)])
    func `A budget says when it runs out`(budget: SourceBudget, state: HealthReport.State, message: String?) {
        #expect(budget.state == state)
        #expect((budget.message == nil) == (message == nil))
        if let message { #expect(budget.message?.contains(message) == true) }
    }

    @Test("Is as well as its worst part", arguments: HealthReport.State.allCases, HealthReport.State.allCases)
    func overall(_ first: HealthReport.State, _ second: HealthReport.State) throws {
        let sources = [try Self.status("a", first), try Self.status("b", second)]
        #expect(HealthReport(sources: sources).overall == max(first, second))
        #expect(HealthReport(sources: sources, storage: .failing("No room")).overall == max(first, second, .failing))
        let exhausted = [Self.budget(percent: 100)]
        #expect(HealthReport(sources: sources, budgets: exhausted).overall == max(first, second, .failing))
    }

    private static func budget(percent: Int? = nil, used: Int? = nil) -> SourceBudget {
        SourceBudget(
            source: "a", usage: percent.map { UsageReport(percent: $0, receivedAt: Sample.now) },
            searches: used.map { SearchBudget(limit: 30, used: $0) })
    }

    /// The status of a source in a state.
    private static func status(_ source: String, _ state: HealthReport.State) throws -> CrawlStatus {
        let (crawl, record) =
            switch state {
            case .ok: (CrawlState.waiting, CrawlRecord(lastSuccess: Sample.now))
            case .waiting: (CrawlState.crawling, CrawlRecord())
            case .failing: (CrawlState.crawling, CrawlRecord(consecutiveFailures: 1, lastError: "No"))
            case .stopped: (CrawlState.stopped, CrawlRecord(consecutiveFailures: 3, lastError: "No"))
            }
        return CrawlStatus(hashtag: try Hashtag("golang"), source: source, state: crawl, record: record)
    }
}
