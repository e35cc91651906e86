import FoundationEssentials
import Storage
import Testing

@testable import Posts
@testable import Upstreams

/// Hostile posts from a source and from a database.
@Suite struct HostilePostTests {
    private static let medium = Media(kind: .image, url: "https://a.example/1.jpg")

    @Test(
        "A post that cannot be shown is left out, from a source and from a store",
        arguments: [
            (Post(id: .init(source: "instagram", value: "a\u{0}b"), publishedAt: 1, media: [medium]), .noID),
            (Post(id: .init(source: "instagram", value: "a\u{85}"), publishedAt: 1, media: [medium]), .noID),
            (Post(id: .init(source: "instagram", value: ""), publishedAt: 1, media: [medium]), .noID),
            (
                Post(
                    id: .init(source: "instagram", value: String(repeating: "1", count: 101)), publishedAt: 1,
                    media: [medium]), .noID
            ),
            (Post(id: .init(source: "instagram", value: "1"), publishedAt: 1, media: []), .noMedia),
            (
                Post(
                    id: .init(source: "instagram", value: "1"), publishedAt: 1,
                    media: [Media(kind: .image, url: "http://8.8.4.4:99999/h")]), .noMedia
            ),
            (
                Post(
                    id: .init(source: "instagram", value: "1"), publishedAt: 1,
                    media: [Media(kind: .image, url: "javascript:alert(1)")]), .noMedia
            ),
        ] as [(Post, PostDefect)])
    func leftOut(_ post: Post, _ defect: PostDefect) async throws {
        let source = ScriptedSource(posts: [post])
        let crawler = TestCrawler([.golang], [source])
        #expect(await crawler.service.crawlOnce().first?.defects == [defect: 1])
        let store = MemoryPostStore()
        store.upsert(
            [post, Posts.Post(id: .init(source: "instagram", value: "2"), publishedAt: 2, media: [Self.medium])],
            of: .golang)
        let second = TestCrawler([.golang], [], store: store)
        await second.service.loadGallery()
        #expect(second.box.current[.golang].map(\.id.value) == ["2"])
    }

    @Test("Ids with slashes and dots are ids", arguments: ["..", ".", "a/b", "/", "%2F", "日本"])
    func ids(_ id: String) throws {
        let post = Post(id: .init(source: "s", value: id), publishedAt: 1, media: [Self.medium])
        #expect(try post.checked() == post)
    }

    @Test("Values beyond reason are cut or left out", arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max])
    func numbers(_ number: Int64) {
        let post = Post(
            id: .init(source: "s", value: "1"), publishedAt: number,
            media: Array(
                repeating: Media(kind: .image, url: "https://a.example/1", width: Int(number), height: Int(number)),
                count: 99),
            language: "e\u{301}", likeCount: Int(number), commentCount: Int(number))
        #expect(Epoch.range.contains(post.publishedAt) && post.media.count == 50)
        #expect(post.media.allSatisfy { $0.width == nil && $0.height == nil })
        #expect(post.language == nil && (post.likeCount ?? 0) >= 0)
        #expect(!ISO8601.text(post.publishedAt).isEmpty && !HTTPDate.format(post.publishedAt).isEmpty)
    }

    @Test(
        "Times of posts at every border end no crawl, and a gallery is made of them", arguments: [Int64.min, 0, .max])
    func crawl(_ time: Int64) async throws {
        let store = MemoryPostStore()
        let ledger = MemoryCrawlLedger()
        let number = time < 0 ? Int.min : time == 0 ? 0 : Int.max
        ledger.setRecord(
            try JSONDecoder().decode(
                CrawlRecord.self,
                from: Data(
                    """
                    {"lastAttempt":\(time),"lastSuccess":\(time),"nextCrawl":\(time),"consecutiveFailures":\(number),\
                    "refusals":\(number),"refusedSince":\(time),"postsPerHour":1e308}
                    """.utf8)), of: .golang, source: "instagram")
        let source = ScriptedSource { _, _ in .failure(.tokenInvalid("")) }
        let crawler = TestCrawler([.golang], [source], store: store, ledger: ledger)
        for result in [
            .failure(.tokenInvalid("")), .success(SourcePage(posts: [post(1, at: time), post(2, at: 4_000)])),
            .success(SourcePage(posts: [])), .failure(.rateLimited(retryAfter: .seconds(Int64.max))),
        ] as [Result<SourcePage, SourceError>] {
            source.reply(result)
            _ = await crawler.service.crawlOnce()
        }
        #expect(!crawler.box.current[.golang].isEmpty)
    }
}
