import Testing

@testable import Crawler
@testable import Posts

@Suite struct CrawlRateTests {
    @Test func `A first crawl tells the rate by how far its list goes back`() {
        var record = CrawlRecord()
        let list = (0..<40).map { post($0, at: 100_000 - Int64($0) * 180) }
        record.succeed(new: 40, posts: list, at: 100_000)
        #expect(record.postsPerHour.map { (18...22).contains($0) } == true)
        record = CrawlRecord()
        record.succeed(new: 1, posts: [post(1, at: 99_999)], at: 100_000)
        #expect(record.postsPerHour == 1, "one post is one an hour, however young")
    }

    @Test func `The rate follows what comes, the faster the longer it lasts`() {
        var record = CrawlRecord(lastSuccess: 0, postsPerHour: 0)
        var rates: [Double] = []
        for hour in 1...12 {
            for part in 1...12 {
                record.succeed(new: 10, posts: [post(1)], at: Int64((hour - 1) * 3_600 + part * 300))
            }
            rates.append(record.postsPerHour ?? 0)
        }
        #expect(rates == rates.sorted())
        #expect((60...90).contains(rates[0]))
        #expect(rates[11] > 119)
        record.succeed(new: 0, posts: [post(1)], at: 12 * 3_600 + 30 * 86_400)
        #expect((record.postsPerHour ?? .infinity) < 1, "a month of silence is more than a half hour of noise")
    }

    @Test func `A failure leaves the rate as it is, and counts`() {
        var record = CrawlRecord(lastSuccess: 5, nextCrawl: 9, postsPerHour: 3)
        record.fail(.source(.unreachable("no route")), at: 1)
        record.fail(.storage("the disk is full"), at: 2)
        #expect(record.postsPerHour == 3 && record.lastSuccess == 5 && record.consecutiveFailures == 2)
        #expect(record.lastError == "the posts could not be stored: the disk is full")
        record.succeed(new: 0, posts: [], at: 10)
        #expect(record.consecutiveFailures == 0 && record.lastError == nil)
        #expect(record.postsPerHour == nil, "a list without posts tells nothing")
    }
}
