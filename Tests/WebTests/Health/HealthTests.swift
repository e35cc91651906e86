import HTTPTypes
import Posts
import Testing

@testable import Web

@Suite struct HealthTests {
    @Test("Answers 200 with the state of every part, however bad that is")
    func report() async throws {
        let report = HealthReport(
            crawler: HealthReport.Component(state: .ok),
            storage: HealthReport.Component(state: .failing, message: "No room"),
            sources: [
                SourceHealth(
                    hashtag: try Hashtag("golang"), source: "instagram", state: .stopped, lastCrawl: Sample.now,
                    lastSuccess: Sample.now - 60, nextCrawl: Sample.now + 60, message: "The token has expired."
                )
            ],
            budgets: [
                SourceBudget(
                    source: "instagram", usedPercent: 80, hashtagLimit: 30, hashtagsUsed: 30, nextFree: Sample.now)
            ]
        )
        let response = try await withSite(health: report) { try await $0.get("/health") }
        let expected =
            #"{"status":"stopped","crawler":{"state":"ok"},"storage":{"state":"failing","message":"No room"},"#
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

    @Test func `Says who crawls, where that is known`() async throws {
        let response = try await withSite(health: HealthReport(crawlerRole: "follower")) { try await $0.get("/health") }
        #expect(response.text.contains(#""crawler":{"state":"ok","role":"follower"}"#))
    }

    @Test(
        arguments: [
            (SourceBudget(source: "a"), .ok, nil),
            (SourceBudget(source: "a", usedPercent: 74, hashtagLimit: 30, hashtagsUsed: 29), .ok, nil),
            (SourceBudget(source: "a", usedPercent: 75), .ok, "less often"),
            (SourceBudget(source: "a", usedPercent: 250), .failing, "used up"),
            (SourceBudget(source: "a", hashtagLimit: 30, hashtagsUsed: 31), .ok, "No new hashtag"),
        ] as [(SourceBudget, HealthReport.State, String?)])
    func `A budget says when it runs out`(budget: SourceBudget, state: HealthReport.State, message: String?) {
        #expect(budget.state == state)
        #expect((budget.message == nil) == (message == nil))
        if let message { #expect(budget.message?.contains(message) == true) }
    }

    @Test("Is as well as its worst part", arguments: HealthReport.State.allCases, HealthReport.State.allCases)
    func overall(_ first: HealthReport.State, _ second: HealthReport.State) {
        let report = HealthReport(crawler: .init(state: first), storage: .init(state: second))
        #expect(report.overall == max(first, second))
    }
}
