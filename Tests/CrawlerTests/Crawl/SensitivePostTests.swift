import Posts
import Storage
import Testing

@Suite struct SensitivePostTests {
    private func sensitive(_ id: Int) -> Post {
        var post = post(id)
        post.isSensitive = true
        return post
    }

    @Test func `A post that is marked sensitive after it was found is shown no more, until the mark goes`() async throws
    {
        let source = ScriptedSource(posts: posts(1...3))
        let crawler = TestCrawler([.golang], [source])
        _ = await crawler.service.crawlOnce()
        #expect(crawler.box.current[.golang].count == 3)
        source.reply([post(3), sensitive(2), post(1)])
        _ = await crawler.service.crawlOnce()
        #expect(crawler.box.current[.golang].map(\.id.value) == ["3", "1"])
        source.reply(posts(1...3))
        _ = await crawler.service.crawlOnce()
        #expect(crawler.box.current[.golang].count == 3)
    }

    @Test func `What the store holds of sensitive posts is shown only where it is wanted`() async throws {
        let store = MemoryPostStore()
        store.upsert([post(3), sensitive(2), post(1)], of: .golang)
        for (isWanted, count) in [(false, 2), (true, 3)] {
            let crawler = TestCrawler([.golang], [], store: store, showsSensitive: isWanted)
            await crawler.service.loadGallery()
            #expect(crawler.box.current[.golang].count == count)
        }
    }

    @Test func `Sensitive posts are known when they are seen again, and not news`() async throws {
        let source = ScriptedSource(answer: pages([(1...5).map { sensitive(100 - $0) }, posts(1...5)]))
        let crawler = TestCrawler([.golang], [source])
        #expect(await crawler.service.crawlOnce().first?.new == 5)
        let outcome = await crawler.service.crawlOnce().first
        #expect(outcome?.pages == 1 && outcome?.changed == 0)
    }
}
