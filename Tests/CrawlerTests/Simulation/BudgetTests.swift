import Posts
import Storage
import Testing

@Suite("A simulated budget", .timeLimit(.minutes(10)))
struct BudgetTests {
    @Test("Six hashtags share a small budget, and no request goes beyond it", arguments: [30, 80])
    func smallBudget(_ budget: Int) async throws {
        let simulation = Simulation()
        let hashtags = try (1...6).map { try Hashtag("tag\($0)") }
        let worlds = Dictionary(
            uniqueKeysWithValues: hashtags.enumerated().map { index, hashtag in
                (hashtag, SimulatedWorld("instagram", days: 1, hashtag: hashtag, seed: UInt64(index)))
            })
        let upstream = SimulatedUpstream("instagram", worlds, budget: budget, clock: simulation.clock)
        let process = SimulatedProcess(
            [upstream], hashtags: hashtags, store: MemoryPostStore(), ledger: MemoryCrawlLedger(), on: simulation)
        let task = process.start(on: simulation)
        try await simulation.run(until: .seconds(86_400)) { process.watch.look() }
        try await simulation.end(task)
        let record = upstream.record
        #expect(record.beyondBudget == 0)
        #expect(record.atOnce == 0)
        #expect(record.requests > budget * 24 / 3, "it is used all the same")
        #expect(process.watch.faults.isEmpty, "\(process.watch.faults.prefix(5))")
        for hashtag in hashtags { #expect(!process.box.current[hashtag].isEmpty) }
    }
}
