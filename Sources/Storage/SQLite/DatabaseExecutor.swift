import Dispatch

/// Runs a store's work on a thread of its own kind: SQLite waits for disks and locks, and the threads that all tasks
/// share must not.
final class DatabaseExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "database")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Runs what belongs to no store yet, such as opening one.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        let result = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }
}
