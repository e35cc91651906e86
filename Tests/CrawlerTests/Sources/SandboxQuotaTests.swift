import Posts
import Sandbox
import Storage
import Testing
import Upstreams

/// Instagram's limit of 30 hashtags in 7 days, which the sandbox counts like the service.
@Suite struct SandboxQuotaTests {
    private let search = SandboxCall(.graph, "ig_hashtag_search")

    /// Returns the number of hashtags with these numbers that have posts.
    private func found(_ source: any PostSource, _ numbers: ClosedRange<Int>) async throws -> Int {
        var found = 0
        for number in numbers {
            do {
                _ = try await source.page(of: Hashtag("tag\(number)"), after: nil)
                found += 1
            } catch SourceError.hashtagQuotaExhausted {}
        }
        return found
    }

    @Test func `The 31st costs no request, and a lost database costs no hashtag`() async throws {
        try await SandboxBench.run(.graph) { sandbox async throws -> Void in
            let source = sandbox.source()
            #expect(try await found(source, 1...30) == 30)
            #expect(source.budget?.left == 0)
            let asked = sandbox.server.requestCounts
            #expect(try await found(source, 31...31) == 0)
            #expect(sandbox.server.requestCounts == asked)

            let afterwards = sandbox.source(store: MemoryPostStore(), ledger: MemoryCrawlLedger())
            #expect(try await found(afterwards, 1...31) == 30)
            #expect(sandbox.server.requestCounts[search] == 30, "none was searched for twice")
        }
    }

    @Test func `After 7 days others may take their place`() async throws {
        try await SandboxBench.run(.graph) { sandbox async throws -> Void in
            let source = sandbox.source()
            #expect(try await found(source, 1...30) == 30)
            sandbox.time.value = SandboxBench.start + 7 * 86_400
            #expect(try await found(source, 31...61) == 30)
            #expect(sandbox.server.requestCounts[search] == 60)
        }
    }
}
