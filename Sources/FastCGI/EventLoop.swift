import CLinux
import Glibc
import Synchronization

/// The threads of a server, and the preferred executor of its handlers' tasks.
///
/// A job that a worker enqueues stays with that worker and runs after the current one, without a switch to another
/// thread. A job from any other thread goes through a queue and wakes one worker.
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
    ///   - count: the number of threads.
    ///   - stagingCapacity: the capacity of each worker's ``StagingFile``, in bytes.
    ///   - handle: called on a worker for every event except wake-ups.
    func start(
        count: Int, stagingCapacity: Int, handle: @escaping @Sendable (Poller.Event, Worker) -> Void
    ) throws(FastCGIError) {
        for _ in 0..<count {
            let worker = try Worker(pool: self, stagingCapacity: stagingCapacity, handle: handle)
            running.withLock { $0.count += 1 }
            try worker.start()
        }
    }

    /// Ends the threads after they have run all enqueued jobs, and waits for them.
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

    /// Whether workers must end. The wake-up descriptor then stays readable, so that all of them notice.
    var shallStop: Bool { isStopping.load(ordering: .acquiring) }

    /// Returns the jobs that other threads enqueued.
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

/// One thread of a ``WorkerPool``: waits for one event at a time, and runs the jobs that result from it.
///
/// `@unchecked Sendable`: only the worker's own thread uses its mutable state. `start` passes the worker to that
/// thread, and `current` returns it on no other.
final class Worker: @unchecked Sendable {
    /// The number of jobs that run before the worker looks for events again, so that a task that yields forever does
    /// not block them.
    private static let jobsBetweenEvents = 64
    /// The number of bytes to read from a socket at once.
    private static let inputCapacity = 65_536

    let pool: WorkerPool
    /// The file from which libfcgi reads requests.
    let staging: StagingFile
    /// The buffer for input from sockets.
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

    /// The worker of the current thread.
    static var current: Worker? {
        pthread_getspecific(threadKey).map { Unmanaged<Worker>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Starts the thread, which retains the worker until it ends.
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

    /// Call this only on the worker's own thread.
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

/// A set of watched descriptors (epoll(7)).
struct Poller: Sendable {
    /// The events to wait for.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let input = Interest(rawValue: EPOLLIN.rawValue)
        static let output = Interest(rawValue: EPOLLOUT.rawValue)
        /// The peer has closed its sending side, or the connection is gone.
        static let hangUp = Interest(rawValue: EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue)
        /// Reports each change once, to one worker.
        static let edge = Interest(rawValue: EPOLLET.rawValue)
        /// Wakes one worker instead of all.
        static let exclusive = Interest(rawValue: EPOLLEXCLUSIVE.rawValue)
    }

    struct Event {
        /// The key with which the descriptor was added.
        var key: UInt64
        var kind: Interest
    }

    private let descriptor: Int32

    init() throws(FastCGIError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw .system("epoll_create1", errno) }
    }

    func close() { _ = Glibc.close(descriptor) }

    /// Starts watching a descriptor.
    func add(_ watched: Int32, _ interest: Interest, key: UInt64) throws(FastCGIError) {
        try control(EPOLL_CTL_ADD, watched, interest, key)
    }

    /// Changes the events to watch for. Conditions that already hold are reported again.
    func modify(_ watched: Int32, _ interest: Interest, key: UInt64) throws(FastCGIError) {
        try control(EPOLL_CTL_MOD, watched, interest, key)
    }

    /// Stops watching a descriptor.
    func remove(_ watched: Int32) {
        epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, nil)
    }

    private func control(
        _ operation: Int32, _ watched: Int32, _ interest: Interest, _ key: UInt64
    ) throws(FastCGIError) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: key))
        guard epoll_ctl(descriptor, operation, watched, &event) == 0 else { throw .system("epoll_ctl", errno) }
    }

    /// Waits for one event.
    ///
    /// - Parameter milliseconds: the time limit; -1 for none, 0 for no wait.
    func wait(milliseconds: Int32) -> Event? {
        var event = epoll_event()
        guard epoll_wait(descriptor, &event, 1, milliseconds) == 1 else { return nil }
        return Event(key: event.data.u64, kind: Interest(rawValue: event.events))
    }
}

/// Wakes a worker 0.1 s after ``arm()``, to look for deadlines that have passed.
///
/// An idle server does not arm it and is not woken.
final class Ticker: Sendable {
    /// The longest delay until a passed deadline is noticed, in nanoseconds.
    static let interval = 100_000_000

    let descriptor: Int32
    private let isArmed = Atomic<Bool>(false)

    init() throws(FastCGIError) {
        descriptor = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC) | Int32(TFD_NONBLOCK))
        guard descriptor >= 0 else { throw .system("timerfd_create", errno) }
    }

    deinit { close(descriptor) }

    /// Requests a tick, unless one is pending.
    func arm() {
        guard !isArmed.load(ordering: .relaxed),
            isArmed.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return }
        var time = itimerspec()
        time.it_value.tv_nsec = Self.interval
        timerfd_settime(descriptor, 0, &time, nil)
    }

    /// Takes the pending tick. Returns false if another worker took it.
    func take() -> Bool {
        var expirations: UInt64 = 0
        guard read(descriptor, &expirations, 8) == 8 else { return false }
        isArmed.store(false, ordering: .releasing)
        return true
    }
}

/// A point in time or a duration, in nanoseconds of the monotonic clock; 0 means never.
typealias Nanoseconds = UInt64

enum MonotonicClock {
    static func now() -> Nanoseconds {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Returns the point in time `duration` from now.
    static func deadline(in duration: Nanoseconds) -> Nanoseconds {
        now() &+ duration
    }
}

extension Duration {
    /// The duration in whole nanoseconds; 0 if it is negative.
    var nanoseconds: Nanoseconds {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 4 : min(product + UInt64(attoseconds / 1_000_000_000), .max / 4)
    }
}
