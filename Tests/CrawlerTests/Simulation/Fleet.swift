import Storage
import Synchronization

/// Processes that share a store and a ledger. Each can be killed and started again.
final class Fleet: Sendable {
    private struct Member: Sendable {
        var process: SimulatedProcess
        var task: Task<Void, Never>
        var plug: Plug
    }

    let simulation: Simulation
    let upstream: SimulatedUpstream
    let store: MemoryPostStore
    let ledger = MemoryCrawlLedger()
    private let members = Mutex<[Int: Member]>([:])
    private let started = Mutex(0)

    init(_ upstream: SimulatedUpstream, retention: Int = 100, on simulation: Simulation) {
        self.simulation = simulation
        self.upstream = upstream
        store = MemoryPostStore(retention: retention)
    }

    /// The running processes.
    var processes: [Int: SimulatedProcess] { members.withLock { $0.mapValues(\.process) } }
    /// The number of the process that crawls; `nil` if none does.
    var leader: Int? { processes.first { $0.value.service.monitor.role == .leader }?.key }

    func start(_ number: Int) {
        let seed = started.withLock { count in
            count += 1
            return count
        }
        let plug = Plug()
        let process = SimulatedProcess(
            [PluggedSource(source: upstream, plug: plug)], store: PluggedStore(store: store, plug: plug),
            ledger: PluggedLedger(ledger: ledger, plug: plug), name: "process \(seed)", on: simulation,
            seed: UInt64(seed))
        let member = Member(process: process, task: process.start(on: simulation), plug: plug)
        members.withLock { $0[number] = member }
    }

    /// Ends a process like `kill -9`: from now on it changes nothing.
    func kill(_ number: Int) {
        guard let member = members.withLock({ $0.removeValue(forKey: number) }) else { return }
        member.plug.pull()
        member.task.cancel()
    }

    /// Stops all processes gracefully.
    func stop() async throws {
        let tasks = members.withLock { members in
            defer { members = [:] }
            return members.values.map(\.task)
        }
        for task in tasks { try await simulation.end(task) }
    }
}
