import Testing

@testable import Crawler
@testable import Posts
@testable import Upstreams

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

    private func wait(
        _ rate: Double?, slowdown: Double = 1, random: Double = 0.5, interval: Double = 300, local: Bool = false
    ) -> Double {
        let configuration = CrawlerService.Configuration(
            hashtags: [], interval: .seconds(interval), localSources: local ? ["a"] : [])
        return seconds(
            CrawlSchedule(configuration: configuration, random: { random })
                .wait(source: "a", postsPerHour: rate, slowdown: slowdown))
    }

    @Test(
        "An interval is spread by the jitter to both sides",
        arguments: [(0.0, 270.0), (0.5, 300.0), (0.999_999, 330.0)])
    func interval(_ random: Double, _ expected: Double) {
        #expect(abs(wait(nil, random: random) - expected) < 0.01)
        #expect(abs(wait(6, random: random) - expected) < 0.01)
    }

    @Test(
        "A busy hashtag comes sooner, down to a quarter of the interval; a quiet one later, up to four of it",
        arguments: [
            (0, 1_200), (0.000_001, 1_200), (1.5, 1_200), (3, 600), (6, 300), (12, 150), (24, 75), (1e9, 75),
            (.infinity, 75),
        ] as [(Double, Double)])
    func adaptation(_ rate: Double, _ expected: Double) {
        #expect(abs(wait(rate) - expected) < 0.01)
    }

    @Test("A service that others run is asked every 30 s at most; one on this machine as often as one likes")
    func leastInterval() {
        for random in [0, 0.5, 0.999] {
            #expect((30...33).contains(wait(1e9, random: random, interval: 60)))
            #expect(wait(nil, random: random, interval: 1) >= 30)
        }
        #expect(abs(wait(1e9, interval: 3, local: true) - 0.75) < 0.01)
        #expect(abs(wait(nil, interval: 3, local: true) - 3) < 0.01)
    }

    @Test("However quiet, a hashtag is looked at within 20 minutes, and 45 when the allowance is used up")
    func longest() {
        #expect(abs(wait(0, interval: 900) - 1_200) < 0.01)
        #expect(abs(wait(0, interval: 7_200) - 7_200) < 0.01, "unless the operator wants it less often")
        #expect(abs(wait(0, slowdown: 4, interval: 900) - 2_700) < 0.01)
        #expect(abs(wait(0, slowdown: 4, interval: 7_200) - 7_200) < 0.01)
        #expect(abs(wait(6, slowdown: 2) - 600) < 0.01)
        #expect(abs(wait(6, slowdown: 4) - 1_200) < 0.01)
    }

    @Test("A service slows the crawls down as its allowance comes to an end", arguments: [(74, 1), (75, 2), (90, 4)])
    func slowdown(_ percent: Int, _ factor: Double) {
        #expect(UsageReport(percent: percent, receivedAt: 0).slowdown(at: 10) == factor)
        #expect(UsageReport(percent: percent, receivedAt: 0).slowdown(at: 3_600) == 1, "a report counts for an hour")
    }

    @Test(
        "After a start, what is left of a wait is waited, unless this configuration would not wait so long",
        arguments: [
            (CrawlRecord(), 0), (CrawlRecord(nextCrawl: 999), 0), (CrawlRecord(nextCrawl: 1_120), 120),
            (CrawlRecord(nextCrawl: 90_000), 2_970), (CrawlRecord(nextCrawl: 5_000, consecutiveFailures: 1), 4_000),
            (CrawlRecord(nextCrawl: .max, consecutiveFailures: 1), 95_040),
        ])
    func rest(_ record: CrawlRecord, _ expected: Double) {
        #expect(abs(seconds(schedule(0).rest(of: record, source: "a", at: 1_000)) - expected) < 0.01)
    }

    @Test("A back-off is anything up to a bound that doubles, and the bound ends at the cap")
    func backOff() {
        let failure = CrawlFailure.source(.unreachable(""))
        let bounds: [Duration] = (1...10).map { schedule(1).wait(after: failure, CrawlRecord(consecutiveFailures: $0)) }
        #expect(bounds.map(seconds) == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900])
        #expect(schedule(0).wait(after: failure, CrawlRecord(consecutiveFailures: 5)) == .seconds(1))
        #expect(schedule(0.25).wait(after: failure, CrawlRecord(consecutiveFailures: 5)) == .seconds(20))
        #expect(schedule(1).wait(after: failure, CrawlRecord(consecutiveFailures: .max)) == .seconds(900))
    }

    @Test("What the service asks for is the least wait, and grows if it is too short to help")
    func wait() {
        let long = CrawlFailure.source(.rateLimited(retryAfter: .seconds(3_600)))
        #expect(schedule(0).wait(after: long, CrawlRecord(consecutiveFailures: 1)) == .seconds(3_600))
        #expect(abs(seconds(schedule(0.5).wait(after: long, CrawlRecord(consecutiveFailures: 1))) - 3_780) < 0.01)
        let short = CrawlFailure.source(.rateLimited(retryAfter: .zero))
        #expect(schedule(0).wait(after: short, CrawlRecord(consecutiveFailures: 1)) == .seconds(1))
        #expect(schedule(1).wait(after: short, CrawlRecord(consecutiveFailures: 9)) == .seconds(900))
    }

    @Test(
        "What only a person can fix is a verdict after three refusals over ten minutes, and looked at every half hour")
    func stop() {
        for error in [
            SourceError.tokenInvalid(""), .permissionMissing(""), .hashtagUnknown,
            .badParameter("Unsupported get request."),
        ] {
            let failure = CrawlFailure.source(error)
            var record = CrawlRecord(lastSuccess: 900)
            for (time, isStopped) in [(1_000, false), (1_300, false), (1_599, false), (1_600, true)] as [(Int64, Bool)]
            {
                record.fail(failure, at: time)
                #expect((record.hold == .stopped) == isStopped)
                let wait = schedule(1).wait(after: failure, record)
                #expect(isStopped ? abs(seconds(wait) - 1_980) < 0.01 : wait <= .seconds(40))
            }
            // Other errors between two refusals do not count; only a successful crawl ends the series.
            record.fail(.source(.unreachable("")), at: 1_700)
            #expect(record.hold == nil)
            record.fail(failure, at: 1_800)
            #expect(record.hold == .stopped)
            record.succeed(new: 0, posts: [post(1)], at: 2_000)
            record.fail(failure, at: 3_000)
            #expect(record.hold == nil)
        }
    }

    @Test("A long row of refusals within some seconds is no verdict, nor are two over an hour")
    func noVerdict() {
        var record = CrawlRecord()
        for time in 0..<100 { record.fail(.source(.tokenInvalid("")), at: Int64(time)) }
        #expect(record.hold == nil)
        record = CrawlRecord()
        for time in [0, 3_600] { record.fail(.source(.tokenInvalid("")), at: Int64(time)) }
        #expect(record.hold == nil)
    }
}
