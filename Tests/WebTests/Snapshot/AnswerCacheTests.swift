import Hummingbird
import Testing

@testable import Web

@Suite struct AnswerCacheTests {
    private func key(_ number: Int, origin: String = "", filter: PostFilter = PostFilter()) -> AnswerCache.Key {
        AnswerCache.Key(form: "text/plain", query: PostQuery([], filter), limit: number, origin: origin)
    }

    private func entry(_ version: UInt64, bytes: Int = 10) -> AnswerCache.Entry {
        let body = ByteBuffer(repeating: UInt8(truncatingIfNeeded: version), count: bytes)
        return .init(
            version: version, representation: Representation(body: body, contentType: "text/plain", cache: .live))
    }

    @Test func `An answer that ends is made anew then, from the same version`() async {
        let cache = AnswerCache()
        func answer(at now: Int64, _ value: UInt64) async -> UInt8? {
            await cache.answer(key(1), version: 1, now: now) { _ in
                .init(version: 1, representation: entry(value).representation, end: now + 5)
            }.body.getInteger(at: 0)
        }
        #expect(await answer(at: 100, 1) == 1)
        #expect(await answer(at: 104, 2) == 1)
        #expect(await answer(at: 105, 3) == 3)
        #expect(await answer(at: 109, 4) == 3)
        #expect(cache.count == 1)
    }

    @Test("An answer is made once for each version of the gallery")
    func once() async {
        let cache = AnswerCache()
        let made = MutexBox<[UInt64?]>([])
        for version: UInt64 in [1, 1, 2, 2, 1] {
            let answer = await cache.answer(key(1), version: version) { known in
                made.update { $0.append(known?.version) }
                return entry(version)
            }
            #expect(answer.body.getInteger(at: 0, as: UInt8.self) == UInt8(version))
        }
        // The last request has an outdated snapshot: it gets a response, which is not cached.
        #expect(made.value == [nil, 1, 2])
        #expect(await cache.answer(key(1), version: 2) { _ in entry(9) }.body.getInteger(at: 0, as: UInt8.self) == 2)
    }

    @Test("Never holds more than its limit, and nothing that fills it alone")
    func bounded() async {
        let bytes = 1_000 - AnswerCache.overhead - "text/plain".utf8.count
        let cache = AnswerCache(limit: 4_000)
        for number in 1...50 { _ = await cache.answer(key(number), version: 1) { _ in entry(1, bytes: bytes) } }
        #expect(cache.bytes == 4_000)
        #expect(cache.count == 4)
        _ = await cache.answer(key(99), version: 1) { _ in entry(1, bytes: bytes + 1) }
        #expect(cache.bytes == 4_000)
        let made = MutexBox(0)
        _ = await cache.answer(key(99), version: 1) { _ in
            made.update { $0 += 1 }
            return entry(1)
        }
        #expect(made.value == 1)
    }

    @Test("Never holds more answers than its limit")
    func counted() async {
        let cache = AnswerCache(answers: 5)
        for number in 1...50 { _ = await cache.answer(key(number), version: 1) { _ in entry(1) } }
        #expect(cache.count == 5)
    }

    @Test("What readers write into an address counts")
    func keys() async throws {
        let cache = AnswerCache()
        let term = try #require(SearchTerm(String(repeating: "x", count: 5_000)))
        var filter = PostFilter()
        filter.unwanted = [term]
        _ = await cache.answer(key(1, filter: filter), version: 1) { _ in entry(1) }
        #expect(cache.bytes > 9_000)
        _ = await cache.answer(key(1, origin: String(repeating: "x", count: 5_000)), version: 1) { _ in entry(1) }
        #expect(cache.bytes > 14_000)
        #expect(cache.count == 2)
    }
}
