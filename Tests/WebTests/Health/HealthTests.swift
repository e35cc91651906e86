import Crawler
import HTTPTypes
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
            ]
        )
        let response = try await withSite(health: report) { try await $0.get("/health") }
        let expected =
            #"{"status":"stopped","crawler":{"state":"ok"},"storage":{"state":"failing","message":"No room"},"#
            + #""gallery":{"version":1,"posts":5,"newest":"2025-11-24T04:53:19Z"},"#
            + #""sources":[{"hashtag":"golang","source":"instagram","state":"stopped","last_crawl":"2025-11-24T04:53:20Z","#
            + #""last_success":"2025-11-24T04:52:20Z","next_crawl":"2025-11-24T04:54:20Z","#
            + #""message":"The token has expired."}]}"# + "\n"
        #expect(response.status == .ok)
        #expect(response.text == expected)
        #expect(response.headers[.cacheControl] == "no-store")
    }

    @Test("Is as well as its worst part", arguments: HealthReport.State.allCases, HealthReport.State.allCases)
    func overall(_ first: HealthReport.State, _ second: HealthReport.State) {
        let report = HealthReport(crawler: .init(state: first), storage: .init(state: second))
        #expect(report.overall == max(first, second))
    }
}
