import Posts
import Storage
import Testing

@Suite struct SeveralSourcesTests {
    private func post(_ id: Int, _ source: String, caption: String = "") -> Post {
        Post(
            id: Post.ID(source: source, value: "\(source)-\(id)"), publishedAt: Int64(1_000 + id),
            permalink: "https://home.example/\(id)", caption: caption,
            media: [Media(kind: .image, url: "https://\(source).example/\(id).jpg")])
    }

    @Test func `The id of a post stays when a second source finds it later, also after a start`() async throws {
        let store = MemoryPostStore()
        let first = ScriptedSource("first", posts: [])
        let second = ScriptedSource("second", posts: (1...3).map { post($0, "second") })
        let crawler = TestCrawler([.golang], [first, second], store: store)
        _ = await crawler.service.crawlOnce()
        let ids = crawler.box.current[.golang].map(\.id)
        #expect(ids.map(\.source) == ["second", "second", "second"])
        first.reply((1...4).map { post($0, "first") })
        for _ in 1...2 {
            _ = await crawler.service.crawlOnce()
            #expect(crawler.box.current[.golang].dropFirst().map(\.id) == ids)
            #expect(crawler.box.current[.golang].first?.id.source == "first")
        }
        let restarted = TestCrawler([.golang], [first, second], store: store)
        await restarted.service.loadGallery()
        #expect(restarted.box.current[.golang] == crawler.box.current[.golang])
        _ = await restarted.service.crawlOnce()
        #expect(restarted.box.current[.golang] == crawler.box.current[.golang])
    }

    @Test func `Many sources that find one post at the same moment make one of it`() async throws {
        let sources = (1...20).map { number in
            ScriptedSource("s\(number)", posts: (1...30).map { post($0, "s\(number)") })
        }
        let store = MemoryPostStore()
        let crawler = TestCrawler([.golang], sources, store: store)
        _ = await crawler.service.crawlOnce()
        #expect(crawler.box.current[.golang].count == 30)
        #expect(store.posts(of: .golang).count == 30)
    }

    @Test func `What two processes stored twice is shown once, and by all of them alike`() async throws {
        let store = MemoryPostStore()
        store.upsert((1...5).map { post($0, "b") } + (3...9).map { post($0, "a") }, of: .golang)
        let galleries = await [1, 2].asyncMap { _ in
            let crawler = TestCrawler([.golang], [], store: store)
            await crawler.service.loadGallery()
            return crawler.box.current[.golang]
        }
        #expect(galleries[0].count == 9)
        #expect(galleries[0] == galleries[1])
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ transform: (Element) async -> Value) async -> [Value] {
        var values: [Value] = []
        for element in self { values.append(await transform(element)) }
        return values
    }
}
