import Dispatch
import NIOPosix
import Synchronization

/// Runs tasks on a clock of its own that moves as soon as all of them wait: days pass in moments, and each run of one
/// seed is the same.
///
/// The tasks must wait for nothing but each other, the clock, and what is done ``outside(_:)``.
final class Simulation: TaskExecutor {
    /// Threads for simulations alone: one is busy for as long as a simulation runs, and others must not wait for that.
    private static let threads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        return threads
    }()

    let clock = SimulatedClock()
    private let jobs = Mutex<[UnownedJob]>([])
    /// Signalled for each job.
    private let news = DispatchSemaphore(value: 0)
    /// How many tasks wait for what is done elsewhere.
    private let absent = Mutex(0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        news.signal()
    }

    /// Starts a task of the simulation.
    @discardableResult
    func start(_ operation: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self) { await operation() }
    }

    /// Does something on other threads, while the clock stands still.
    func outside<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        absent.withLock { $0 += 1 }
        defer { absent.withLock { $0 -= 1 } }
        return try await body()
    }

    /// Runs everything until a time.
    ///
    /// - Parameter step: is called each time that all tasks wait.
    func run(until end: Duration, step: @escaping @Sendable () -> Void = {}) async throws {
        try await Self.threads.runIfActive { [self] in
            repeat {
                drain()
                step()
                drain()
            } while clock.advance(noFurtherThan: end)
        }
    }

    /// Cancels a task, and runs until it has ended, while the clock stands still. Part of that happens elsewhere: who
    /// waits for a graceful shutdown is woken by a task of its own.
    func end(_ task: Task<Void, Never>) async throws {
        task.cancel()
        let hasEnded = Mutex(false)
        let watch = Task {
            await task.value
            hasEnded.withLock { $0 = true }
        }
        while !hasEnded.withLock({ $0 }) {
            try await run(until: clock.now.offset)
            await Task.yield()
        }
        await watch.value
    }

    /// Runs what can run without the clock.
    private func drain() {
        while true {
            let ready = jobs.withLock { jobs in
                defer { jobs.removeAll(keepingCapacity: true) }
                return jobs
            }
            guard !ready.isEmpty || absent.withLock({ $0 > 0 }) else { return }
            // Whatever is done elsewhere ends with a job.
            if ready.isEmpty { news.wait() }
            for job in ready { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
