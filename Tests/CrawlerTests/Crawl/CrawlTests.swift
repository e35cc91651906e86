import Posts
import Storage
import Testing
import Upstreams

@Suite struct CrawlTests {
    @Test("What was found is shown, newest first")
    func shows() async throws {
        let source = ScriptedSource(posts: [post(2), post(3), post(1)])
        let crawler = TestCrawler([.golang], [source])
        let outcomes = await crawler.service.crawlOnce()
        #expect(outcomes.map(\.new) == [3])
        #expect(outcomes.first?.posts.map(\.id.value) == ["3", "2", "1"])
        #expect(crawler.box.current[.golang].map(\.id.value) == ["3", "2", "1"])
        #expect(crawler.box.current.version == 1)
    }

    @Test("Paging goes on until a page has only known posts")
    func pagesUntilKnown() async throws {
        let source = ScriptedSource(answer: pages([posts(31...40), posts(21...30), posts(11...20), posts(1...10)]))
        let store = MemoryPostStore()
        store.upsert(posts(11...25), of: .golang)
        let crawler = TestCrawler([.golang], [source], store: store)
        await crawler.service.loadGallery()
        let outcome = await crawler.service.crawlOnce().first
        #expect(source.requests.map(\.cursor) == [nil, SourceCursor("1"), SourceCursor("2")])
        #expect(outcome?.pages == 3)
        #expect(outcome?.new == 15)
        #expect(outcome?.changed == 15)
    }

    @Test("Paging ends with the last page", arguments: 1...4)
    func pagesUntilEnd(_ count: Int) async throws {
        let source = ScriptedSource(answer: pages((1...count).map { posts($0 * 10...$0 * 10 + 9) }))
        let crawler = TestCrawler([.golang], [source])
        #expect(await crawler.service.crawlOnce().first?.pages == count)
    }

    @Test("Paging ends when enough pages came", arguments: [1, 2, 4])
    func pagesUntilEnough(_ limit: Int) async throws {
        let source = ScriptedSource(answer: pages((1...9).map { posts($0 * 10...$0 * 10 + 9) }))
        let crawler = TestCrawler([.golang], [source], pagesPerCrawl: limit)
        #expect(await crawler.service.crawlOnce().first?.pages == limit)
        #expect(crawler.box.current[.golang].count == limit * 10)
    }

    @Test("An empty page is not the end when there is another")
    func emptyPage() async throws {
        let source = ScriptedSource(answer: pages([[], posts(1...3)]))
        let crawler = TestCrawler([.golang], [source])
        #expect(await crawler.service.crawlOnce().first?.new == 3)
    }

    @Test("A page of known posts costs one request, no write and no new gallery")
    func costOfNothingNew() async throws {
        let source = ScriptedSource(answer: pages([posts(51...100), posts(1...50)]))
        let crawler = TestCrawler([.golang], [source])
        _ = await crawler.service.crawlOnce()
        let shown = crawler.box.current
        let asked = source.requests.count
        let outcome = await crawler.service.crawlOnce().first
        #expect(source.requests.count == asked + 1)
        #expect(outcome?.changed == 0 && outcome?.new == 0 && outcome?.posts.count == 50)
        #expect(crawler.box.current == shown)
    }

    @Test("A known post that changed makes a new gallery, but is not new")
    func changedPost() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        let crawler = TestCrawler([.golang], [source])
        _ = await crawler.service.crawlOnce()
        source.reply([post(3, likes: 9), post(2), post(1)])
        let outcome = await crawler.service.crawlOnce().first
        #expect(outcome?.changed == 1 && outcome?.new == 0)
        #expect(crawler.box.current[.golang].first?.likeCount == 9)
        #expect(crawler.box.current.version == 2)
    }

    @Test("A failure between pages keeps what came before, and says so")
    func failureBetweenPages() async throws {
        let source = ScriptedSource { _, cursor in
            cursor == nil
                ? .success(SourcePage(posts: posts(1...3), next: SourceCursor("1"), defects: [.unreadable: 2]))
                : .failure(.temporary("HTTP 500"))
        }
        let crawler = TestCrawler([.golang], [source])
        let outcome = await crawler.service.crawlOnce().first
        #expect(outcome?.failure == .source(.temporary("HTTP 500")))
        #expect(outcome?.pages == 1 && outcome?.skipped == 2 && outcome?.new == 3)
        #expect(crawler.box.current[.golang].count == 3)
    }

    @Test("A hashtag through two sources shows the posts of both")
    func twoSources() async throws {
        let first = ScriptedSource("instagram", posts: posts(1...3))
        let second = ScriptedSource("sandbox", posts: [post(1, source: "sandbox")])
        let crawler = TestCrawler([.golang], [first, second])
        #expect(await crawler.service.crawlOnce().map(\.source) == ["instagram", "sandbox"])
        #expect(crawler.box.current[.golang].count == 4)
    }

    @Test("Many hashtags that are done at the same moment are all shown")
    func manyHashtags() async throws {
        let hashtags = try (1...50).map { try Hashtag("tag\($0)") }
        let sources = ["a", "b", "c"].map { name in ScriptedSource(name, posts: [post(1, source: name)]) }
        let crawler = TestCrawler(hashtags, sources)
        #expect(await crawler.service.crawlOnce().count == 150)
        for hashtag in hashtags { #expect(crawler.box.current[hashtag].count == 3) }
    }

    @Test("What is given twice is crawled once")
    func duplicates() async throws {
        let source = ScriptedSource(posts: posts(1...3))
        let crawler = TestCrawler([.golang, try Hashtag("GoLang")], [source, ScriptedSource(posts: [])])
        #expect(await crawler.service.crawlOnce().count == 1)
        #expect(crawler.service.monitor.snapshot().count == 1)
    }

    @Test("A store that cannot be written leaves the gallery and says so")
    func brokenWriting() async throws {
        let store = FailingStore()
        let source = ScriptedSource(posts: posts(1...3))
        let crawler = TestCrawler([.golang], [source], failing: store)
        _ = await crawler.service.crawlOnce()
        store.breakDown(writing: true)
        source.reply(posts(1...9))
        let outcome = await crawler.service.crawlOnce().first
        #expect(outcome?.failure == .storage("the disk is full"))
        #expect(crawler.box.current[.golang].count == 3)
        store.breakDown()
        #expect(await crawler.service.crawlOnce().first?.new == 6)
    }

    @Test("What was stored while the store could not be read is shown when it can")
    func brokenReading() async throws {
        let store = FailingStore()
        let crawler = TestCrawler([.golang], [ScriptedSource(posts: posts(1...3))], failing: store)
        store.breakDown(reading: true)
        await crawler.service.loadGallery()
        #expect(crawler.log.texts(.warning).count == 1)
        #expect(await crawler.service.crawlOnce().first?.failure?.kind == "storage")
        #expect(crawler.box.current[.golang].isEmpty)
        store.breakDown()
        _ = await crawler.service.crawlOnce()
        #expect(crawler.box.current[.golang].count == 3)
    }

    @Test("At the deadline what is not done is given up, and what was fetched is kept")
    func deadline() async throws {
        let source = ScriptedSource { _, cursor in
            if cursor == nil { return .success(SourcePage(posts: posts(1...3), next: SourceCursor("1"))) }
            await untilCancelled()
            return .failure(.cancelled)
        }
        let crawler = TestCrawler([.golang], [source])
        async let crawled = crawler.service.crawlOnce(deadline: .seconds(10))
        await crawler.clock.sleepers(1)
        await source.asked(2)
        crawler.clock.advance(by: .seconds(10))
        let outcomes = await crawled
        #expect(outcomes.map(\.failure) == [.source(.cancelled)])
        #expect(crawler.box.current[.golang].count == 3)
    }
}

/// Waits until the task is cancelled.
func untilCancelled() async {
    let (stream, _) = AsyncStream<Never>.makeStream()
    for await _ in stream {}
}
