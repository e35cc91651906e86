import Posts
import Synchronization
import Upstreams

/// A service that shows a simulated world with faults, and counts requests.
final class SimulatedUpstream: PostSource {
    /// The counts that a test checks.
    struct Record: Sendable, Equatable {
        var requests = 0
        /// Requests before the time that the service had given.
        var tooEarly = 0
        /// Requests after the allowance was used up.
        var beyondBudget = 0
        /// Concurrent requests for the same hashtag.
        var atOnce = 0
    }

    private struct State {
        var record = Record()
        var retryAfter: Int64 = 0
        var recent: [Int64] = []
        var usage: UsageReport?
        var answering: Set<Hashtag> = []
    }

    let name: String
    private let worlds: [Hashtag: SimulatedWorld]
    private let faults: [Fault]
    private let pageSize: Int
    /// The number of requests allowed in an hour.
    private let budget: Int?
    private let clock: SimulatedClock
    private let dice: Dice
    private let state = Mutex(State())

    init(
        _ name: String, _ worlds: [Hashtag: SimulatedWorld], faults: [Fault] = [], pageSize: Int = 20,
        budget: Int? = nil, clock: SimulatedClock, seed: UInt64 = 7
    ) {
        self.name = name
        self.worlds = worlds
        self.faults = faults
        self.pageSize = pageSize
        self.budget = budget
        self.clock = clock
        dice = Dice(seed)
    }

    var record: Record { state.withLock { $0.record } }
    var usage: UsageReport? { state.withLock { $0.usage } }

    func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage {
        let now = SimulatedWorld.epoch + clock.seconds
        try count(hashtag, at: now)
        defer { state.withLock { _ = $0.answering.remove(hashtag) } }
        let fault = fault(at: now)
        try await fail(fault, hasCursor: cursor != nil)
        let all = worlds[hashtag]?.shown(at: now) ?? []
        if fault == .emptyList { return SourcePage(posts: []) }
        // The position depends on the ID of the last post, so new posts do not shift it.
        let below = cursor.flatMap { cursor in all.firstIndex { $0.id.value == cursor.value } }.map { $0 + 1 } ?? 0
        var page = Array(all.dropFirst(below).prefix(pageSize))
        let isLast = below + page.count >= all.count
        let next =
            isLast
            ? nil : fault == .circle ? cursor ?? SourceCursor("circle") : page.last.map { SourceCursor($0.id.value) }
        let whole = page.count
        switch fault {
        case .wrongTypes: page.removeAll { _ in dice.happens(1, of: 3) }
        case .shuffled: page.sort { $0.caption < $1.caption }
        case .twice: page += page.prefix(5)
        case .restless: page = page.map(restless)
        default: break
        }
        return SourcePage(
            posts: page, next: next, defects: whole > page.count ? [.unreadable: whole - page.count] : [:])
    }

    private func count(_ hashtag: Hashtag, at now: Int64) throws(SourceError) {
        let refusal: Duration? = state.withLock { state in
            state.record.requests += 1
            if now < state.retryAfter { state.record.tooEarly += 1 }
            if !state.answering.insert(hashtag).inserted { state.record.atOnce += 1 }
            guard let budget else { return nil }
            state.recent.removeAll { $0 <= now - 3_600 }
            if state.recent.count >= budget { state.record.beyondBudget += 1 }
            state.recent.append(now)
            let regain = state.recent.first.map { Duration.seconds($0 + 3_600 - now) }
            state.usage = UsageReport(
                percent: state.recent.count * 100 / budget, regain: regain, receivedAt: now)
            return state.recent.count > budget ? regain : nil
        }
        if let refusal { throw .rateLimited(retryAfter: refusal) }
    }

    /// In every thirty minutes, ten have no fault and twenty have one, in all responses or in some. A fault that stops
    /// the crawls lasts ten minutes of three hours; the rest of that hour has no fault.
    private func fault(at now: Int64) -> Fault? {
        let block = UInt64(now / 600)
        let blockDice = Dice(block &* 31 &+ 5)
        let (stopping, others) = (faults.filter(\.stops), faults.filter { !$0.stops })
        if !stopping.isEmpty {
            if block % 18 == 0 { return stopping[blockDice.roll(stopping.count)] }
            if block % 18 < 6 { return nil }
        }
        guard !others.isEmpty, block % 3 != 2 else { return nil }
        let fault = others[blockDice.roll(others.count)]
        return blockDice.happens(1, of: 2) || dice.happens(1, of: 2) ? fault : nil
    }

    private func fail(_ fault: Fault?, hasCursor: Bool) async throws(SourceError) {
        switch fault {
        case .timeout:
            try await sleep(30)
            throw .unreachable("no whole answer within 30 s")
        case .slow: try await sleep(25)
        case .hang: try await sleep(1_000_000)
        case .reset: throw .unreachable("the connection broke off")
        case .serverError: throw .temporary("HTTP 500")
        case .unavailable: throw .temporary("HTTP 503", retryAfter: refuse(for: 90))
        case .rateLimited: throw .rateLimited(retryAfter: refuse(for: 600))
        case .rateLimitedWithoutTime: throw .rateLimited(retryAfter: nil)
        case .forbidden: throw .permissionMissing("HTTP 403")
        case .unauthorized: throw .tokenInvalid("HTTP 401")
        case .redirect: throw .unusableResponse("a redirect (HTTP 302), which is not followed")
        case .truncated: throw .unusableResponse("it is not JSON")
        case .brokenPaging where hasCursor: throw .temporary("HTTP 500")
        default: break
        }
    }

    private func refuse(for seconds: Int64) -> Duration {
        state.withLock { $0.retryAfter = SimulatedWorld.epoch + clock.seconds + seconds }
        return .seconds(seconds)
    }

    private func sleep(_ seconds: Int) async throws(SourceError) {
        do { try await clock.sleep(for: .seconds(seconds)) } catch { throw .cancelled }
    }

    private func restless(_ post: Post) -> Post {
        var post = post
        post.likeCount = dice.roll(1_000)
        post.media[0].url = post.media[0].url.replacing("signature=1", with: "signature=\(dice.roll(1_000))")
        return post
    }
}
