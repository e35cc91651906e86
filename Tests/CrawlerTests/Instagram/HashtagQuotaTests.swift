import Posts
import Storage
import Testing
import Upstreams

/// The limit of 30 different hashtags in any 7 days.
@Suite struct HashtagQuotaTests {
    private static let day: Int64 = 86_400

    /// A service that reports the searches it counts: the hashtags `tag1` to `tag<own>`, and other ones.
    private static func answer(_ others: Int = 0, own: Int = 0) -> @Sendable (String) -> StubUpstream.Answer {
        { target in
            if target.contains("recently_searched_hashtags") {
                let ids = (0..<others).map { "9\($0)" } + (0..<own).map { "1\($0 + 1)" }
                return .json(#"{"data":[\#(ids.map { #"{"id":"\#($0)"}"# }.joined(separator: ","))]}"#)
            }
            if target.contains("fields=id%2Cname&") {
                let id = target.split(separator: "?")[0].split(separator: "/").last ?? ""
                let name = id.hasPrefix("9") ? "other\(id)" : "tag\(id.dropFirst())"
                return .json(#"{"id":"\#(id)","name":"\#(name)"}"#)
            }
            if target.contains("ig_hashtag_search") {
                let number = target.firstRange(of: "q=tag").map { target[$0.upperBound...].prefix { $0 != "&" } } ?? "0"
                return .json(#"{"data":[{"id":"1\#(number)"}]}"#)
            }
            return .json(#"{"data":[]}"#)
        }
    }

    private func source(
        _ stub: StubUpstream, _ ledger: any CrawlLedger, _ store: MemoryPostStore = MemoryPostStore(),
        now: @escaping @Sendable () -> Int64 = { 1_900_000_000 }
    ) -> InstagramGraphAPI {
        InstagramGraphAPI(
            baseURL: "\(stub.address)/v23.0", userID: "1", accessToken: Secret("t"), client: TestClient.shared,
            store: store, ledger: ledger, now: now)
    }

    private func ask(_ source: InstagramGraphAPI, _ number: Int) async -> SourceError? {
        do {
            _ = try await source.page(of: Hashtag("tag\(number)"), after: nil)
            return nil
        } catch {
            return error as? SourceError
        }
    }

    @Test func `The 31st hashtag costs no request, and those before go on`() async throws {
        try await StubUpstream.serve(Self.answer()) { stub in
            let source = source(stub, MemoryCrawlLedger())
            for number in 1...30 { #expect(await ask(source, number) == nil) }
            #expect(source.budget == SearchBudget(limit: 30, used: 30, nextFree: 1_900_000_000 + 7 * Self.day))
            let before = stub.requests.count
            #expect(await ask(source, 31) == .hashtagQuotaExhausted)
            #expect(stub.requests.count == before)
            #expect(await ask(source, 7) == nil)
            #expect(stub.targets.count { $0.contains("ig_hashtag_search") } == 30)
        }
    }

    @Test func `After 7 days a hashtag makes room, also after a restart`() async throws {
        try await StubUpstream.serve(Self.answer()) { stub in
            let (ledger, store) = (MemoryCrawlLedger(), MemoryPostStore())
            let first = source(stub, ledger, store)
            for number in 1...30 { #expect(await ask(first, number) == nil) }
            let later = source(stub, ledger, store, now: { 1_900_000_000 + 7 * Self.day - 1 })
            #expect(await ask(later, 31) == .hashtagQuotaExhausted)
            #expect(await ask(later, 1) == nil, "asking again is free, and does not begin the days anew")
            let free = source(stub, ledger, store, now: { 1_900_000_000 + 7 * Self.day })
            #expect(await ask(free, 31) == nil)
            #expect(free.budget?.used == 1)
        }
    }

    @Test func `What the service counts of others counts`() async throws {
        try await StubUpstream.serve(Self.answer(28)) { stub in
            let source = source(stub, MemoryCrawlLedger())
            #expect(await ask(source, 1) == nil)
            #expect(await ask(source, 2) == nil)
            #expect(await ask(source, 3) == .hashtagQuotaExhausted)
            #expect(stub.targets.count { $0.contains("recently_searched_hashtags") } == 1, "it is trusted for a while")
            #expect(stub.targets.count { $0.contains("fields=id%2Cname&") } == 28, "each is asked for its name once")
        }
    }

    @Test func `A service that claims to count thousands costs no more than thirty requests`() async throws {
        try await StubUpstream.serve(Self.answer(5_000)) { stub in
            let source = source(stub, MemoryCrawlLedger())
            #expect(await ask(source, 1) == .hashtagQuotaExhausted)
            #expect(stub.targets.count { $0.contains("fields=id%2Cname&") } == 30)
        }
    }

    @Test func `After a database was lost, the hashtags that the service still counts are asked for`() async throws {
        try await StubUpstream.serve(Self.answer(10, own: 20)) { stub in
            let source = source(stub, MemoryCrawlLedger())
            for number in 1...20 { #expect(await ask(source, number) == nil) }
            #expect(source.budget?.used == 30)
            #expect(await ask(source, 21) == .hashtagQuotaExhausted)
            #expect(!stub.targets.contains { $0.contains("ig_hashtag_search") }, "with the names came the ids")
        }
    }

    @Test func `The service is asked on start, also when all hashtags are known`() async throws {
        try await StubUpstream.serve(Self.answer(5)) { stub in
            let (ledger, store) = (MemoryCrawlLedger(), MemoryPostStore())
            #expect(await ask(source(stub, ledger, store), 1) == nil)
            let again = source(stub, ledger, store)
            let before = stub.targets.count
            for _ in 1...3 { #expect(await ask(again, 1) == nil) }
            #expect(
                stub.targets.dropFirst(before).map { $0.split(separator: "?")[0].split(separator: "/").last } == [
                    "recently_searched_hashtags", "recent_media", "recent_media", "recent_media",
                ])
            #expect(again.budget?.used == 6)
        }
    }

    @Test func `Many hashtags that start at once ask the service once`() async throws {
        try await StubUpstream.serve(Self.answer()) { stub in
            let source = source(stub, MemoryCrawlLedger())
            let errors = await withTaskGroup(of: SourceError?.self) { group in
                for number in 1...40 { group.addTask { await ask(source, number) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.count { $0 == nil } == 30)
            #expect(errors.count { $0 == .hashtagQuotaExhausted } == 10)
            #expect(stub.targets.count { $0.contains("recently_searched_hashtags") } == 1)
            #expect(stub.targets.count { $0.contains("ig_hashtag_search") } == 30)
        }
    }

    @Test func `A hashtag that the service refuses does not count, and the service is asked again`() async throws {
        let refusal = #"{"error":{"message":"Too many","code":18}}"#
        let answer: @Sendable (String) -> StubUpstream.Answer = { target in
            target.contains("ig_hashtag_search") ? .json(refusal, status: 400) : .json(#"{"data":[]}"#)
        }
        try await StubUpstream.serve(answer) { stub in
            let ledger = MemoryCrawlLedger()
            let source = source(stub, ledger)
            for _ in 1...2 { #expect(await ask(source, 1) == .hashtagQuotaExhausted) }
            #expect(source.budget?.used == 0)
            #expect(ledger.searches(source: "instagram", account: "1", since: 0).isEmpty)
            #expect(stub.targets.count { $0.contains("recently_searched_hashtags") } == 2)
        }
    }

    @Test func `A service that does not say what it counts is not asked with every page`() async throws {
        let answer: @Sendable (String) -> StubUpstream.Answer = { target in
            target.contains("recently_searched") ? .json("", status: 500) : Self.answer()(target)
        }
        try await StubUpstream.serve(answer) { stub in
            let source = source(stub, MemoryCrawlLedger())
            for number in [1, 2, 1, 2] { #expect(await ask(source, number) == nil) }
            #expect(stub.targets.count { $0.contains("recently_searched_hashtags") } == 1)
        }
    }

    @Test func `A ledger that fails does not let more through`() async throws {
        try await StubUpstream.serve(Self.answer()) { stub in
            let source = source(stub, BrokenLedger())
            for number in 1...30 { #expect(await ask(source, number) == nil) }
            #expect(await ask(source, 31) == .hashtagQuotaExhausted)
        }
    }
}

private struct BrokenLedger: CrawlLedger {
    struct Broken: Error {}
    func record(of hashtag: Hashtag, source: String) throws -> CrawlRecord? { throw Broken() }
    func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) throws { throw Broken() }
    func searches(source: String, account: String, since: Int64) throws -> [Hashtag: Int64] { throw Broken() }
    func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) throws { throw Broken() }
    func takeLease(_ name: String, holder: String, for duration: Duration, now: Int64) throws -> Bool { throw Broken() }
    func dropLease(_ name: String, holder: String) throws { throw Broken() }
}
