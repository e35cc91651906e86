import Posts
import Storage
import Synchronization
import Testing

@Suite("Several simulated processes on one database", .timeLimit(.minutes(10)))
struct FleetTests {
    /// Runs several processes for some hours.
    private func run(
        processes: Int, hours: Int, faults: [Fault] = [],
        step: @escaping @Sendable (Fleet, Int64) -> Void
    ) async throws -> (fleet: Fleet, world: SimulatedWorld, end: Duration) {
        let simulation = Simulation()
        let world = SimulatedWorld("instagram", days: hours / 24 + 1)
        let upstream = SimulatedUpstream("instagram", [.golang: world], faults: faults, clock: simulation.clock)
        let fleet = Fleet(upstream, on: simulation)
        for number in 0..<processes { fleet.start(number) }
        let end = Duration.seconds(hours * 3_600)
        try await simulation.run(until: end) { step(fleet, simulation.clock.seconds) }
        return (fleet, world, end)
    }

    @Test("They ask as much as one, and all show the newest post within two seconds")
    func oneCrawler() async throws {
        let alone = try await run(processes: 1, hours: 3) { _, _ in }
        try await alone.fleet.stop()
        let differSince = Mutex<Int64?>(nil)
        let longest = Mutex<Int64>(0)
        let four = try await run(processes: 4, hours: 3) { fleet, now in
            let galleries = fleet.processes.values.map { $0.box.current[.golang].first }
            let differ = Set(galleries).count > 1
            let since = differSince.withLock { since in
                since = differ ? since ?? now : nil
                return since
            }
            if let since { longest.withLock { $0 = max($0, now - since) } }
        }
        #expect(longest.withLock { $0 } <= 2)
        let ratio = Double(four.fleet.upstream.record.requests) / Double(alone.fleet.upstream.record.requests)
        #expect((0.9...1.1).contains(ratio), "\(ratio)")
        #expect(four.fleet.upstream.record.atOnce == 0)
        #expect(four.fleet.processes.values.count { $0.service.monitor.role == .leader } == 1)
        let times = four.fleet.processes.values.compactMap { $0.service.monitor.snapshot().first?.lastSuccess }
        #expect(times.count == 4)
        #expect((times.max() ?? 0) - (times.min() ?? 0) <= 600, "all tell about the same of the crawls")
        try await four.fleet.stop()
    }

    @Test("When the one that crawls is killed, another does within a minute, and nothing is missed")
    func killedLeader() async throws {
        let withoutLeader = Mutex<Int64?>(nil)
        let longest = Mutex<Int64>(0)
        let kills = Mutex<Int64>(0)
        let dice = Dice(5)
        let result = try await run(processes: 4, hours: 8, faults: [.reset, .brokenPaging, .slow]) { fleet, now in
            if let leader = fleet.leader {
                withoutLeader.withLock { $0 = nil }
                // About every three minutes, at any moment: during a crawl, a write or a wait.
                guard now / 180 > kills.withLock({ $0 }), dice.happens(1, of: 5) else { return }
                kills.withLock { $0 = now / 180 }
                fleet.kill(leader)
                fleet.start(leader)
            } else {
                let since = withoutLeader.withLock { since in
                    since = since ?? now
                    return since ?? now
                }
                longest.withLock { $0 = max($0, now - since) }
            }
        }
        #expect((20...60).contains(longest.withLock { $0 }))
        #expect(kills.withLock { $0 } > 100)
        let stored = Set(result.fleet.store.posts(of: .golang).map(\.id))
        let due = result.world.due(at: SimulatedWorld.epoch + result.end.components.seconds)
        #expect(due.suffix(50).allSatisfy { stored.contains($0) })
        #expect(result.fleet.upstream.record.atOnce == 0)
        try await result.fleet.stop()
    }

    @Test("A process that is started over and over asks for no more than is due, and misses nothing")
    func restarts() async throws {
        let starts = Mutex<Int64>(0)
        let shown = Mutex<Set<Post.ID>>([])
        let result = try await run(processes: 1, hours: 48, faults: [.rateLimited, .brokenPaging]) { fleet, now in
            shown.withLock { $0.formUnion(fleet.processes[0]?.box.current[.golang].map(\.id) ?? []) }
            guard now / 120 > starts.withLock({ $0 }) else { return }
            starts.withLock { $0 = now / 120 }
            fleet.kill(0)
            fleet.start(0)
        }
        let record = result.fleet.upstream.record
        #expect(record.tooEarly == 0, "what the service asked for is waited, whoever was asked")
        #expect(record.requests < 400 * 2)
        let due = result.world.due(at: SimulatedWorld.epoch + result.end.components.seconds)
        let missed = due.count { id in shown.withLock { !$0.contains(id) } }
        #expect(missed == 0, "of \(due.count)")
        try await result.fleet.stop()
    }
}
