import Testing

@testable import Crawler

@Suite struct CrawlScheduleTests {
    private func schedule(_ random: Double) -> CrawlSchedule {
        let configuration = CrawlerService.Configuration(
            hashtags: [], interval: .seconds(300), jitter: 0.1, backoffBase: .seconds(5), backoffCap: .seconds(900)
        )
        return CrawlSchedule(configuration: configuration, random: { random })
    }

    private func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    @Test(
        "An interval is spread by the jitter to both sides, and doubled while the source is busy",
        arguments: [(0.0, 270.0), (0.5, 300.0), (0.999_999, 330.0)]
    )
    func interval(_ random: Double, _ expected: Double) {
        #expect(abs(seconds(schedule(random).delay(isBusy: false)) - expected) < 0.01)
        #expect(abs(seconds(schedule(random).delay(isBusy: true)) - 2 * expected) < 0.01)
    }

    @Test("A back-off is anything up to a bound that doubles, and the bound ends at the cap")
    func backOff() {
        let failure = CrawlFailure.source(.unreachable(""))
        let bounds: [Duration] = (1...10).map { schedule(1).delay(after: failure, failures: $0) }
        #expect(bounds.map(seconds) == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900])
        #expect(schedule(0).delay(after: failure, failures: 5) == .seconds(1))
        #expect(schedule(0.25).delay(after: failure, failures: 5) == .seconds(20))
        #expect(schedule(1).delay(after: failure, failures: .max) == .seconds(900))
    }

    @Test("What the service asks for is the least wait, and grows if it is too short to help")
    func wait() {
        let long = CrawlFailure.source(.rateLimited(retryAfter: .seconds(3_600)))
        #expect(schedule(0).delay(after: long, failures: 1) == .seconds(3_600))
        #expect(abs(seconds(schedule(0.5).delay(after: long, failures: 1)) - 3_780) < 0.01)
        let short = CrawlFailure.source(.rateLimited(retryAfter: .zero))
        #expect(schedule(0).delay(after: short, failures: 1) == .seconds(1))
        #expect(schedule(1).delay(after: short, failures: 9) == .seconds(900))
    }

    @Test("What only a person can mend is looked at hourly, a hashtag that is unknown daily")
    func stop() {
        for error in [SourceError.tokenInvalid(""), .permissionMissing("")] {
            #expect(schedule(0).delay(after: .source(error), failures: 100) == .seconds(3_600))
        }
        #expect(schedule(0).delay(after: .source(.hashtagUnknown), failures: 1) == .seconds(86_400))
    }
}
