import CLinux
import Glibc
import Synchronization

/// Tells a worker, a tenth of a second after it was asked, to look for deadlines that have passed.
///
/// An idle server asks for nothing and is not woken.
final class Ticker: Sendable {
    /// How late a deadline may be noticed, in nanoseconds.
    static let interval = 100_000_000

    let descriptor: Int32
    private let isArmed = Atomic<Bool>(false)

    init() throws(FastCGIError) {
        descriptor = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC) | Int32(TFD_NONBLOCK))
        guard descriptor >= 0 else { throw .system("timerfd_create", errno) }
    }

    deinit { close(descriptor) }

    /// Asks for a tick, if none is coming already.
    func arm() {
        guard !isArmed.load(ordering: .relaxed),
            isArmed.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return }
        var time = itimerspec()
        time.it_value.tv_nsec = Self.interval
        timerfd_settime(descriptor, 0, &time, nil)
    }

    /// Takes the tick that has come; false when another worker took it.
    func take() -> Bool {
        var expirations: UInt64 = 0
        guard read(descriptor, &expirations, 8) == 8 else { return false }
        isArmed.store(false, ordering: .releasing)
        return true
    }
}
