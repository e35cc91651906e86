import AsyncHTTPClient
import Posts
import Sandbox
import Storage
import Testing
import Upstreams

/// Every source with a sandbox without faults.
@Suite(.serialized) struct SandboxPagingTests {
    /// Returns all pages from the first to the last.
    private func pages(_ source: any PostSource, of hashtag: Hashtag = .golang) async throws -> [SourcePage] {
        var pages: [SourcePage] = []
        var cursor: SourceCursor?
        repeat {
            let page = try await source.page(of: hashtag, after: cursor)
            pages.append(page)
            cursor = page.next
        } while cursor != nil && pages.count < 40
        #expect(cursor == nil)
        return pages
    }

    @Test(arguments: SandboxBench.Upstream.allCases)
    func `Pages follow each other to the end, and no post comes twice`(_ upstream: SandboxBench.Upstream) async throws {
        try await SandboxBench.run(upstream) { sandbox in
            let posts = try await pages(sandbox.source()).flatMap(\.posts)
            #expect(Set(posts.map(\.id)).count == posts.count)
            #expect(upstream == .flickr ? posts.count == 20 : posts.count > 150)
            let times = posts.map(\.publishedAt)
            #expect(times.allSatisfy { $0 <= Int64(SandboxBench.start) })
            if upstream != .graph { #expect(times == times.sorted(by: >)) }
            #expect(posts.allSatisfy { $0.media.allSatisfy { $0.url.hasPrefix("\(sandbox.address)/media/") } })
            #expect(posts.allSatisfy { !$0.caption.contains("<br") })
            #expect(sandbox.server.requestCounts.keys.allSatisfy { $0.interface == upstream.interface })
            #expect(sandbox.server.hashtagRequestCounts.keys.allSatisfy { $0 == "golang" })
        }
    }

    @Test func `All of Instagram's pages come though their cursors are the same`() async throws {
        try await SandboxBench.run(.graph, SandboxConfiguration(repeatsCursors: true)) { sandbox in
            let posts = try await pages(sandbox.source()).flatMap(\.posts)
            #expect(posts.count > 220 && Set(posts.map(\.id)).count == posts.count)
        }
    }

    @Test func `The top posts come after the recent ones, in pages of their own`() async throws {
        try await SandboxBench.run(.graph, SandboxConfiguration(historyCount: 60)) { sandbox in
            let pages = try await pages(sandbox.source(media: [.recent, .top]))
            #expect(pages.count == 4)
            #expect(Set(pages[0...1].flatMap(\.posts).map(\.id)) == Set(pages[2...3].flatMap(\.posts).map(\.id)))
            #expect(sandbox.server.requestCounts[SandboxCall(.graph, "top_media")] == 2)
        }
    }

    @Test(arguments: [SandboxBench.Upstream.mastodon, .pixelfed])
    func `Posts of two hashtags have ids of their own, authors and descriptions`(
        _ upstream: SandboxBench.Upstream
    ) async throws {
        try await SandboxBench.run(upstream) { sandbox in
            let source = sandbox.source()
            let golang = try await source.page(of: .golang, after: nil).posts
            let swift = try await source.page(of: .swift, after: nil).posts
            #expect(Set(golang.map(\.id)).isDisjoint(with: swift.map(\.id)))
            #expect(Set(golang.compactMap(\.author)).count > 2)
            #expect(golang.contains { $0.media[0].alt != nil && $0.media[0].width != nil })
            #expect(golang.contains { $0.permalink?.contains("/users/") == true }, "those without a page")
        }
    }

    @Test func `An address that has ended is another one in the next crawl`() async throws {
        let configuration = SandboxConfiguration(period: .seconds(600), pictureLifetime: .seconds(3_600))
        try await SandboxBench.run(.graph, configuration) { sandbox in
            let source = sandbox.source()
            func address(_ id: Post.ID?) async throws -> (Post.ID, String) {
                let posts = try await source.page(of: .golang, after: nil).posts
                let post = try #require(posts.first { id == nil ? $0.picture != nil : $0.id == id })
                return (post.id, try #require(post.picture?.url))
            }
            func status(_ url: String) async throws -> UInt {
                try await TestClient.shared.get(url: url).get().status.code
            }
            let (id, first) = try await address(nil)
            #expect(try await status(first) == 200)
            #expect(try await address(id).1 == first, "it stays while it lasts, so that nothing changes")
            sandbox.time.value = SandboxBench.start + 3_601
            #expect(try await status(first) == 403)
            let second = try await address(id).1
            #expect(second != first)
            #expect(try await status(second) == 200)
        }
    }
}
