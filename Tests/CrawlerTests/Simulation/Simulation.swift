import Dispatch
import NIOPosix
import Synchronization

/// Runs tasks on a simulated clock, which advances when all of them wait. Days take moments, and every run with the
/// same seed is the same.
///
/// The tasks may wait only for each other, for the clock, and for ``outside(_:)``.
final class Simulation: TaskExecutor {
    /// Threads for simulations only: a simulation occupies one as long as it runs, and other work must not wait for it.
    private static let threads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        return threads
    }()

    let clock = SimulatedClock()
    private let jobs = Mutex<[UnownedJob]>([])
    /// Signalled for each new job.
    private let news = DispatchSemaphore(value: 0)
    /// The number of tasks that wait for work on other threads.
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

    /// Runs an operation on other threads while the clock stands still.
    func outside<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        absent.withLock { $0 += 1 }
        defer { absent.withLock { $0 -= 1 } }
        return try await body()
    }

    /// Runs all tasks until a time.
    ///
    /// - Parameter step: is called whenever all tasks wait.
    func run(until end: Duration, step: @escaping @Sendable () -> Void = {}) async throws {
        try await Self.threads.runIfActive { [self] in
            repeat {
                drain()
                step()
                drain()
            } while clock.advance(noFurtherThan: end)
        }
    }

    /// Cancels a task, and runs until it has ended, while the clock stands still. Part of that happens on other
    /// threads: a task that waits for graceful shutdown is resumed by another task.
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

    /// Runs the jobs that need no advance of the clock.
    private func drain() {
        while true {
            let ready = jobs.withLock { jobs in
                defer { jobs.removeAll(keepingCapacity: true) }
                return jobs
            }
            guard !ready.isEmpty || absent.withLock({ $0 > 0 }) else { return }
            // Every operation on other threads ends with a job.
            if ready.isEmpty { news.wait() }
            for job in ready { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
