import CLinux
import Glibc

/// The kernel's list of descriptors to watch (epoll(7)).
struct Poller: Sendable {
    /// What a worker waits for.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let input = Interest(rawValue: EPOLLIN.rawValue)
        static let output = Interest(rawValue: EPOLLOUT.rawValue)
        /// The peer will send no more, or is gone.
        static let hangUp = Interest(rawValue: EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue)
        /// Told once for each change, to one worker.
        static let edge = Interest(rawValue: EPOLLET.rawValue)
        /// Wakes one worker, not all.
        static let exclusive = Interest(rawValue: EPOLLEXCLUSIVE.rawValue)
    }

    struct Event {
        /// What the descriptor was added with.
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

    /// Changes what is watched for; tells anew what is so already.
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
    /// - Parameter milliseconds: how long; -1 for ever, 0 not at all.
    func wait(milliseconds: Int32) -> Event? {
        var event = epoll_event()
        guard epoll_wait(descriptor, &event, 1, milliseconds) == 1 else { return nil }
        return Event(key: event.data.u64, kind: Interest(rawValue: event.events))
    }
}
