import Glibc
import Posts
import Storage
import Testing

@Suite("Ten simulated days", .timeLimit(.minutes(10)))
struct TenDaysTests {
    private static let days = 10
    /// Fewer posts than a list shows in busy hours, so that dropped posts appear again and again.
    private static let retention = 40
    /// The number of requests that a source allows in an hour.
    private static let budget = 100

    /// Crawls for ten days with sources that show one world, and checks the invariants.
    private func crawl(
        _ names: [String], faults: [Fault], seed: UInt64 = 1, store: any PostStore,
        retention: Int = TenDaysTests.retention, on simulation: Simulation = Simulation()
    ) async throws -> (upstreams: [SimulatedUpstream], process: SimulatedProcess) {
        let worlds = names.map { SimulatedWorld($0, days: Self.days, seed: seed) }
        let upstreams = zip(names, worlds).enumerated().map { index, pair in
            SimulatedUpstream(
                pair.0, [.golang: pair.1], faults: faults, budget: Self.budget, clock: simulation.clock,
                seed: seed &+ UInt64(index))
        }
        let process = SimulatedProcess(upstreams, store: store, on: simulation, seed: seed)
        let task = process.start(on: simulation)
        try await simulation.run(until: .seconds(Self.days * 86_400)) { process.watch.look() }
        try await simulation.end(task)

        #expect(process.watch.faults.isEmpty, "\(process.watch.faults.prefix(5))")
        #expect(process.watch.most <= retention)
        let shown = Set(process.watch.shown.map(\.value))
        let due = worlds[0].due(at: SimulatedWorld.epoch + Int64(Self.days) * 86_400)
        let missed = due.filter { !shown.contains($0.value) }
        #expect(due.count > 800)
        #expect(missed.isEmpty, "\(missed.count) of \(due.count)")
        for upstream in upstreams {
            #expect(upstream.record.tooEarly == 0)
            #expect(upstream.record.atOnce == 0)
            #expect(upstream.record.beyondBudget == 0)
        }
        return (upstreams, process)
    }

    @Test("Without a fault, a quiet hashtag costs few requests, and no gallery is made for nothing")
    func noFault() async throws {
        let store = CountingStore(MemoryPostStore(retention: 100))
        let result = try await crawl(["instagram"], faults: [], store: store, retention: 100)
        let record = try #require(result.upstreams.first?.record)
        // A crawl every five minutes would be 288 requests a day, which is the average of busy and empty hours.
        #expect(record.requests < 350 * Self.days)
        #expect(store.calls.upserts == result.process.watch.galleries, "each write changed what readers see")
        #expect(store.calls.reads <= store.calls.upserts + 1)
    }

    @Test("No post that was shown for an hour is missed, whatever the fault", arguments: Fault.allCases)
    func oneFault(_ fault: Fault) async throws {
        let store = CountingStore(MemoryPostStore(retention: Self.retention))
        let result = try await crawl(["instagram"], faults: [fault], store: store)
        let record = try #require(result.upstreams.first?.record)
        #expect(record.requests < 700 * Self.days)
    }

    @Test("Nor with all faults in random turn, through two sources at once", arguments: [1, 2, 3] as [UInt64])
    func allFaults(_ seed: UInt64) async throws {
        let store = CountingStore(MemoryPostStore(retention: Self.retention))
        let result = try await crawl(
            ["first.example", "second.example"], faults: Fault.allCases, seed: seed, store: store)
        for upstream in result.upstreams { #expect(upstream.record.requests < 700 * Self.days) }
        #expect(Set(result.process.watch.shown.map(\.source)).count == 2, "both were first with some")
    }

    @Test("Nor when a database keeps the posts, and memory is bounded")
    func database() async throws {
        let simulation = Simulation()
        let path = "/tmp/instacrawler-test-\(UInt64.random(in: 0...UInt64.max)).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
        let store = try SQLiteStore(path: path, retention: Self.retention)
        let before = try Memory.resident()
        let result = try await crawl(
            ["first.example", "second.example"], faults: Fault.allCases,
            store: OutsideStore(store: store, simulation: simulation), on: simulation)
        #expect(result.process.box.current[.golang] == (try await store.posts(of: .golang)))
        #expect(try await store.posts(of: .golang).count == Self.retention)
        // Much more than 40 posts need, because other tests run at the same time.
        #expect(try Memory.resident() - before < 300 << 20)
    }
}
