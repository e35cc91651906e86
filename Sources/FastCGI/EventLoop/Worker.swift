import Glibc

/// One thread of a ``WorkerPool``: waits for one event at a time, and runs the jobs that came of it.
///
/// `@unchecked Sendable`: everything mutable in it is touched by its own thread only. `start` hands it to that
/// thread, and `current` gives it to no other.
final class Worker: @unchecked Sendable {
    /// How many jobs run before the worker looks for events again, so that a task which yields for ever does
    /// not make it deaf.
    private static let jobsBetweenEvents = 64
    /// Bytes that are read from a socket at once.
    private static let inputCapacity = 65_536

    let pool: WorkerPool
    /// Where libfcgi reads requests from.
    let staging: StagingFile
    /// What a socket is read into.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: inputCapacity, alignment: 16)
    private let handle: @Sendable (Poller.Event, Worker) -> Void
    private var jobs: [UnownedJob] = []
    private var nextJob = 0

    init(
        pool: WorkerPool, stagingCapacity: Int, handle: @escaping @Sendable (Poller.Event, Worker) -> Void
    ) throws(FastCGIError) {
        self.pool = pool
        self.handle = handle
        staging = try StagingFile(capacity: stagingCapacity)
    }

    deinit { input.deallocate() }

    private static let threadKey: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// The worker whose thread this is.
    static var current: Worker? {
        pthread_getspecific(threadKey).map { Unmanaged<Worker>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Starts the thread, which keeps the worker until it ends.
    func start() throws(FastCGIError) {
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                let worker = Unmanaged<Worker>.fromOpaque(pointer).takeRetainedValue()
                pthread_setspecific(Worker.threadKey, pointer)
                worker.run()
                pthread_setspecific(Worker.threadKey, nil)
                worker.pool.workerEnded()
                return nil
            }, retained.toOpaque())
        guard code == 0 else {
            retained.release()
            pool.workerEnded()
            throw .system("pthread_create", code)
        }
        pthread_detach(thread)
    }

    /// Only for this worker's thread.
    func enqueue(_ job: UnownedJob) {
        jobs.append(job)
    }

    private func run() {
        while true {
            runJobs()
            let isBusy = nextJob < jobs.count
            if pool.shallStop && !isBusy {
                jobs += pool.takeArrivals()
                if jobs.isEmpty { return }
                continue
            }
            guard let event = pool.poller.wait(milliseconds: isBusy ? 0 : -1) else { continue }
            if event.key == WorkerPool.wakeUpKey {
                jobs += pool.takeArrivals()
            } else {
                handle(event, self)
            }
        }
    }

    private func runJobs() {
        var budget = Self.jobsBetweenEvents
        while nextJob < jobs.count && budget > 0 {
            let job = jobs[nextJob]
            nextJob += 1
            budget -= 1
            job.runSynchronously(on: pool.asUnownedTaskExecutor())
        }
        if nextJob == jobs.count {
            jobs.removeAll(keepingCapacity: jobs.count <= 1_024)
            nextJob = 0
        } else if nextJob >= 1_024 {
            jobs.removeFirst(nextJob)
            nextJob = 0
        }
    }
}
