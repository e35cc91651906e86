import CLinux
import Glibc
import Synchronization

/// The threads of a server, and the executor that its handlers' tasks prefer.
///
/// A job that a worker enqueues stays with that worker: it runs as soon as the worker is done with what it is
/// at, without a hop to another thread. A job from any other thread goes through a queue and wakes one worker.
final class WorkerPool: TaskExecutor {
    /// The poller's key of the wake-up descriptor.
    static let wakeUpKey = UInt64.max

    let poller: Poller
    private let wakeUp: Int32
    private let arrivals = Mutex<[UnownedJob]>([])
    private let isStopping = Atomic<Bool>(false)
    private let running = Mutex<(count: Int, whenDone: [CheckedContinuation<Void, Never>])>((0, []))

    init() throws(FastCGIError) {
        poller = try Poller()
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard wakeUp >= 0 else { throw .system("eventfd", errno) }
        try poller.add(wakeUp, [.input, .exclusive], key: Self.wakeUpKey)
    }

    deinit {
        close(wakeUp)
        poller.close()
    }

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - stagingCapacity: of each worker's ``StagingFile``, in bytes.
    ///   - handle: called by a worker with each event that is not the pool's own.
    func start(
        count: Int, stagingCapacity: Int, handle: @escaping @Sendable (Poller.Event, Worker) -> Void
    ) throws(FastCGIError) {
        for _ in 0..<count {
            let worker = try Worker(pool: self, stagingCapacity: stagingCapacity, handle: handle)
            running.withLock { $0.count += 1 }
            try worker.start()
        }
    }

    /// Ends the threads once they have run what is enqueued, and waits for that.
    func stop() async {
        isStopping.store(true, ordering: .releasing)
        wake()
        await withCheckedContinuation { continuation in
            let isDone = running.withLock { running in
                if running.count > 0 { running.whenDone.append(continuation) }
                return running.count == 0
            }
            if isDone { continuation.resume() }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if let worker = Worker.current, worker.pool === self {
            worker.enqueue(job)
            return
        }
        let wasEmpty = arrivals.withLock { arrivals in
            defer { arrivals.append(job) }
            return arrivals.isEmpty
        }
        if wasEmpty { wake() }
    }

    /// Whether workers shall end; the wake-up stays readable then, so that all of them notice.
    var shallStop: Bool { isStopping.load(ordering: .acquiring) }

    /// The jobs that came from other threads.
    func takeArrivals() -> [UnownedJob] {
        if !shallStop {
            var count: UInt64 = 0
            _ = read(wakeUp, &count, 8)
        }
        return arrivals.withLock { arrivals in
            defer { arrivals = [] }
            return arrivals
        }
    }

    func workerEnded() {
        let waiting = running.withLock { running -> [CheckedContinuation<Void, Never>] in
            running.count -= 1
            guard running.count == 0 else { return [] }
            defer { running.whenDone = [] }
            return running.whenDone
        }
        for continuation in waiting { continuation.resume() }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }
}
