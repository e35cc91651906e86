import Posts
import Storage
import Testing

@Suite struct CrawlSharingTests {
    private let simulation = Simulation()
    private let world = SimulatedWorld("instagram", days: 1)

    private func process(_ store: any PostStore, _ ledger: any CrawlLedger, _ name: String) -> SimulatedProcess {
        let upstream = SimulatedUpstream("instagram", [.golang: world], clock: simulation.clock)
        return SimulatedProcess([upstream], store: store, ledger: ledger, name: name, on: simulation)
    }

    @Test func `Without its ledger a process crawls on its own, and says so`() async throws {
        let ledger = FailingLedger()
        ledger.breakDown()
        let process = process(MemoryPostStore(), ledger, "a")
        let task = process.start(on: simulation)
        try await simulation.run(until: .seconds(60_000))
        #expect(process.service.monitor.role == .alone)
        #expect(!process.box.current[.golang].isEmpty)
        #expect(process.log.texts(.warning) == ["the ledger of crawls cannot be reached: the database is locked"])
        ledger.breakDown(false)
        try await simulation.run(until: .seconds(60_030))
        #expect(process.service.monitor.role == .leader)
        try await simulation.end(task)
    }

    @Test func `A follower whose ledger fails crawls only when the lease must have ended`() async throws {
        let shared = MemoryCrawlLedger()
        let store = MemoryPostStore()
        let leader = process(store, shared, "a")
        let ledger = FailingLedger(shared)
        let follower = process(store, ledger, "b")
        let tasks = [leader.start(on: simulation), follower.start(on: simulation)]
        try await simulation.run(until: .seconds(60))
        #expect(follower.service.monitor.role == .follower)
        ledger.breakDown()
        try await simulation.run(until: .seconds(85))
        #expect(follower.service.monitor.role == .follower)
        try await simulation.run(until: .seconds(120))
        #expect(follower.service.monitor.role == .alone)
        ledger.breakDown(false)
        try await simulation.run(until: .seconds(140))
        #expect(follower.service.monitor.role == .follower)
        #expect(leader.service.monitor.role == .leader)
        for task in tasks { try await simulation.end(task) }
    }

    @Test func `One that stops in good order gives the lease to the next at once`() async throws {
        let ledger = MemoryCrawlLedger()
        let store = MemoryPostStore()
        let (first, second) = (process(store, ledger, "a"), process(store, ledger, "b"))
        let task = first.start(on: simulation)
        try await simulation.run(until: .seconds(5))
        let other = second.start(on: simulation)
        try await simulation.run(until: .seconds(16))
        #expect(second.service.monitor.role == .follower)
        try await simulation.end(task)
        try await simulation.run(until: .seconds(26))
        #expect(second.service.monitor.role == .leader)
        try await simulation.end(other)
    }

    @Test func `A follower shows how the crawls of the other go`() async throws {
        let ledger = MemoryCrawlLedger()
        let store = MemoryPostStore()
        let (leader, follower) = (process(store, ledger, "a"), process(store, ledger, "b"))
        let tasks = [leader.start(on: simulation), follower.start(on: simulation)]
        try await simulation.run(until: .seconds(40_000))
        let statuses = leader.service.monitor.snapshot()
        let (last, seen) = (statuses.first?.lastSuccess, follower.service.monitor.snapshot().first?.lastSuccess)
        #expect(try #require(last) - #require(seen) <= 600, "the times of idle crawls come later")
        #expect(follower.service.monitor.snapshot().map(\.state) == statuses.map(\.state))
        #expect(follower.box.current[.golang] == leader.box.current[.golang])
        ledger.setRecord(
            CrawlRecord(lastAttempt: 1, hold: .stopped, consecutiveFailures: 2, lastError: "the token has expired"),
            of: .golang, source: "instagram")
        try await simulation.run(until: .seconds(40_007))
        let status = follower.service.monitor.snapshot().first
        #expect(status?.state == .stopped && status?.lastError == "the token has expired")
        for task in tasks { try await simulation.end(task) }
    }

    @Test func `Processes that crawl different things do not wait for each other`() async throws {
        let ledger = MemoryCrawlLedger()
        let upstream = SimulatedUpstream("instagram", [.golang: world], clock: simulation.clock)
        let processes = [Hashtag.golang, .swift].map { hashtag in
            SimulatedProcess(
                [upstream], hashtags: [hashtag], store: MemoryPostStore(), ledger: ledger, name: hashtag.name,
                on: simulation)
        }
        let tasks = processes.map { $0.start(on: simulation) }
        try await simulation.run(until: .seconds(5))
        #expect(processes.map { $0.service.monitor.role } == [.leader, .leader])
        for task in tasks { try await simulation.end(task) }
    }
}
