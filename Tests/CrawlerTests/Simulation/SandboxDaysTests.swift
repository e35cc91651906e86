import Foundation
import Posts
import Sandbox
import Storage
import Synchronization
import Testing
import Upstreams

/// Tests the real sources over HTTP against the faults of the sandbox, for days of a simulated clock that stops while
/// they wait for HTTP.
///
/// The default is a quarter of a day, to be quick; `SIMULATED_DAYS` sets the number of days.
@Suite("Simulated days with the sandbox", .timeLimit(.minutes(30)))
struct SandboxDaysTests {
    typealias Upstream = SandboxBench.Upstream

    /// A fault and its frequency. A fault lasts twenty minutes.
    struct Trouble: Sendable, CustomTestStringConvertible {
        var fault: SandboxFault
        /// One in this many half hours has the fault.
        var rarity: Int
        var kind: SourceError.Kind?
        /// Whether only the Graph API has the fault.
        var isOfGraph = false

        var testDescription: String { "\(fault)" }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var upstream: Upstream
        var trouble: Trouble

        var testDescription: String { "\(upstream), \(trouble.fault)" }
    }

    /// Faults that take real time, or stop the crawls until a person acts, are rarer.
    static let troubles: [Trouble] = [
        Trouble(fault: .timeout, rarity: 24, kind: .unreachable), Trouble(fault: .drip, rarity: 24, kind: .unreachable),
        Trouble(fault: .huge, rarity: 6, kind: .unusableResponse),
        Trouble(fault: .reset, rarity: 1, kind: .unreachable),
        Trouble(fault: .truncate, rarity: 1, kind: .unusableResponse),
        Trouble(fault: .wrongTypes, rarity: 1, kind: .unusableResponse),
        Trouble(fault: .redirect, rarity: 1, kind: .unusableResponse),
        Trouble(fault: .status(429, retryAfter: 400), rarity: 1, kind: .rateLimited),
        Trouble(fault: .status(429), rarity: 1, kind: .rateLimited),
        Trouble(fault: .status(500), rarity: 1, kind: .temporary),
        Trouble(fault: .status(503, retryAfter: 90), rarity: 1, kind: .temporary),
        Trouble(fault: .error(code: 2), rarity: 1, kind: .temporary, isOfGraph: true),
        Trouble(fault: .error(code: 4, minutes: 12), rarity: 1, kind: .rateLimited, isOfGraph: true),
        Trouble(fault: .error(code: 190), rarity: 12, kind: .tokenInvalid, isOfGraph: true),
        Trouble(fault: .usage(percent: 96), rarity: 1, kind: nil, isOfGraph: true),
    ]

    static func troubles(of upstream: Upstream) -> [Trouble] {
        troubles.filter { !$0.isOfGraph || upstream == .graph }
    }

    static let cases: [Case] = Upstream.allCases.flatMap { upstream in
        troubles(of: upstream).map { Case(upstream: upstream, trouble: $0) }
    }

    /// Faults that end only by a limit of real time.
    private static let endless: Set<SandboxFault> = [.timeout, .drip]
    private static let shortest = 0.25
    private static let days = ProcessInfo.processInfo.environment["SIMULATED_DAYS"].flatMap(Double.init) ?? shortest
    private static let retention = 200
    /// A post appears every three minutes and stays visible for three hours; on Flickr, for about one.
    private static let world = SandboxWorld(historyCount: 60, period: .seconds(180))

    @Test("A fault hides no post for an hour, and costs no request that is not due", arguments: cases)
    func oneFault(_ row: Case) async throws {
        let trouble = row.trouble
        // The other interfaces respond in the same few ways, each of which appears within a tenth of the time.
        let days = row.upstream == .graph ? Self.days : max(Self.days / 10, Self.shortest)
        let errors = try await crawl(
            row.upstream, days: days, hasEnd: !Self.endless.contains(trouble.fault), seed: 1
        ) { halfHour in
            trouble.rarity == 1 || halfHour % trouble.rarity == 1 ? trouble.fault : nil
        }
        if let kind = row.trouble.kind {
            #expect(errors.keys.contains(kind), "\(errors)")
        } else {
            #expect(errors.isEmpty)
        }
    }

    @Test("Nor do all of them in random turn", arguments: Upstream.allCases)
    func allFaults(_ upstream: Upstream) async throws {
        let dice = Dice(11)
        let troubles = Self.troubles(of: upstream)
        let errors = try await crawl(upstream, days: Self.days, hasEnd: false, seed: 2) { _ in
            let trouble = troubles[dice.roll(troubles.count)]
            return trouble.rarity == 1 || dice.happens(1, of: 3) ? trouble.fault : nil
        }
        #expect(errors.count >= 3, "\(errors)")
    }

    /// Returns twenty minutes of a fault: in odd half hours for every response, in even ones for every other minute.
    private static func rules(_ fault: SandboxFault?, inHalfHour number: Int) -> [FaultRule] {
        guard let fault else { return [] }
        let minutes = number.isMultiple(of: 2) ? Array(stride(from: 0, to: 1_200, by: 120)) : [0]
        let length = 1_200 / minutes.count / (minutes.count > 1 ? 2 : 1)
        return minutes.map { FaultRule(occasion: .seconds($0...$0 + length), fault: fault) }
    }

    /// Crawls for some days and checks the invariants.
    ///
    /// - Parameters:
    ///   - hasEnd: whether every response ends by itself.
    ///   - fault: returns the fault of a half hour, by its number, after the first one; `nil` for none.
    /// - Returns: the number of errors of each kind.
    private func crawl(
        _ upstream: Upstream, days: Double, hasEnd: Bool, seed: UInt64,
        fault: @escaping @Sendable (Int) -> SandboxFault?
    ) async throws -> [SourceError.Kind: Int] {
        let simulation = Simulation()
        let clock = simulation.clock
        let end = Int64(days * 86_400)
        let configuration = SandboxConfiguration(
            historyCount: Self.world.historyCount, period: .seconds(Self.world.period), pageLimit: 12, seed: seed)
        let errors = Deferred<[SourceError.Kind: Int]>()
        let memory = try Memory.resident()
        let now: @Sendable () -> Double = { Double(SimulatedWorld.epoch + clock.seconds) }
        try await SandboxBench.run(upstream, configuration, now: now) { sandbox in
            var limits = UpstreamLimits()
            // A response that is slower for another reason counts as one more fault.
            if !hasEnd { limits.wholeResponse = .milliseconds(500) }
            let store = MemoryPostStore(retention: Self.retention)
            let source = OutsideSource(
                sandbox, sandbox.source(limits, store: store, ledger: MemoryCrawlLedger()), on: simulation)
            let process = SimulatedProcess(
                [source], store: store, interval: .seconds(1_800), on: simulation, seed: seed)
            let delays = Delays()
            let halfHour = Mutex(0)
            let task = process.start(on: simulation)
            try await simulation.run(until: .seconds(end)) {
                let now = Int(clock.seconds / 1_800)
                if halfHour.withLock({ last in
                    defer { last = now }
                    return last != now
                }) {
                    sandbox.server.show(Self.rules(fault(now), inHalfHour: now))
                }
                process.watch.look()
                delays.look(at: process.box.current, now: SimulatedWorld.epoch + clock.seconds)
            }
            try await simulation.end(task)

            #expect(process.watch.faults.isEmpty, "\(process.watch.faults.prefix(5))")
            #expect(process.watch.most <= Self.retention)
            let due = Self.due(of: upstream, within: end)
            #expect(Double(due.count) > 200 * days)
            let late = due.filter { (delays.of($0) ?? .max) > 3_600 }
            #expect(late.isEmpty, "\(late.count) of \(due.count), such as \(late.prefix(3))")
            #expect(source.tooEarly == 0)
            let requests = Double(sandbox.server.requestCounts.values.reduce(0, +))
            #expect(requests > 100 * days)
            #expect(requests < 900 * days, "\(requests)")
            errors.value = source.errors
        }
        // Far more than 200 posts need, because other tests run at the same time.
        #expect(try Memory.resident() - memory < 300 << 20)
        return try #require(errors.value)
    }

    /// Returns the publication times, in seconds since 1970, of the posts that an upstream shows for an hour before the
    /// end.
    ///
    /// - Parameter seconds: the end, in seconds since the start.
    private static func due(of upstream: Upstream, within seconds: Int64) -> [Int64] {
        guard let hashtag = SandboxHashtag(name: "golang") else { return [] }
        let end = SimulatedWorld.epoch + seconds - 3_600
        let posts = stride(from: SimulatedWorld.epoch + 3_600, through: end, by: 3_600).flatMap {
            world.recent(hashtag, at: Double($0)).filter { isShown($0, by: upstream) }
        }
        return Set(posts.map { Int64($0.published) }).filter { $0 >= SimulatedWorld.epoch }.sorted()
    }

    private static func isShown(_ post: SandboxPost, by upstream: Upstream) -> Bool {
        let hasMedia = post.medium != nil || !post.children.isEmpty
        return switch upstream {
        case .flickr: post.medium?.kind == .image
        case .graph: hasMedia
        // Every 17th post is sensitive, and every 13th has files that the server still processes.
        case .mastodon, .pixelfed: hasMedia && !post.number.isMultiple(of: 17) && !post.number.isMultiple(of: 13)
        }
    }
}

/// The delay between the publication of a post and its first display.
private final class Delays: Sendable {
    private let state = Mutex((version: UInt64(0), delays: [Int64: Int64]()))

    func look(at gallery: Gallery, now: Int64) {
        state.withLock { state in
            guard gallery.version != state.version else { return }
            state.version = gallery.version
            for post in gallery[.golang] where state.delays[post.publishedAt] == nil {
                state.delays[post.publishedAt] = now - post.publishedAt
            }
        }
    }

    /// The delay in seconds of the post with a publication time; `nil` if it was never shown.
    func of(_ publishedAt: Int64) -> Int64? { state.withLock { $0.delays[publishedAt] } }
}
