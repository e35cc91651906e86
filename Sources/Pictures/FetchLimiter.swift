import Synchronization

/// Limits how many pictures are fetched at the same time, in total and from one host.
///
/// Each fetch holds a ``Slot`` from before the lookup of the host until its connection is closed. Further fetches
/// wait in order, but none waits behind a fetch whose host is busy. When too many wait, further fetches are rejected.
///
/// A client that reads nothing can hold its slot for as long as a fetch may last. If others wait, the fetch whose
/// client has read nothing for the longest time loses its slot.
final class FetchLimiter: Sendable {
    fileprivate struct Waiter {
        let id: Int
        let host: String
        let continuation: CheckedContinuation<PictureError?, Never>
    }

    fileprivate struct WeakSlot {
        weak var slot: Slot?
    }

    fileprivate struct State {
        var active = 0
        var perHost: [String: Int] = [:]
        var waiters: [Waiter] = []
        var lastID = 0
        var slots: [ObjectIdentifier: WeakSlot] = [:]
        /// The waiters that were cancelled before they started to wait.
        var cancelled: Set<Int> = []
    }

    private let overall: Int
    private let perHost: Int
    private let waiting: Int
    fileprivate let state = Mutex(State())

    /// - Parameters:
    ///   - overall: the maximum number of fetches, 1 or more.
    ///   - perHost: the maximum number from one host, 1 or more.
    ///   - waiting: the maximum number of waiting fetches, 0 or more.
    init(overall: Int, perHost: Int, waiting: Int) {
        self.overall = max(1, overall)
        self.perHost = max(1, perHost)
        self.waiting = max(0, waiting)
    }

    /// The right to fetch from a host. It ends with ``release()``, at the latest when the slot is deallocated.
    final class Slot: Sendable {
        private struct State {
            var isHeld = true
            /// The start of the pending write to the client.
            var stalledSince: ContinuousClock.Instant?
            var revoke: (@Sendable () -> Void)?
        }

        private let limiter: FetchLimiter
        fileprivate let host: String
        private let state = Mutex(State())

        fileprivate init(_ limiter: FetchLimiter, _ host: String) {
            self.limiter = limiter
            self.host = host
            limiter.state.withLock { $0.slots[ObjectIdentifier(self)] = WeakSlot(slot: self) }
        }

        /// Sets the closure that ends the fetch when others need the slot. It leads to ``release()``.
        func onRevocation(_ revoke: @escaping @Sendable () -> Void) { state.withLock { $0.revoke = revoke } }

        /// Writes a piece to the client, and records the start of the write.
        func writing<Value>(_ write: () async throws -> Value) async rethrows -> Value {
            state.withLock { $0.stalledSince = .now }
            defer { state.withLock { $0.stalledSince = nil } }
            return try await write()
        }

        /// The start of the pending write; nil if there is none or the slot is revoked.
        fileprivate var stalledSince: ContinuousClock.Instant? { state.withLock { $0.stalledSince } }

        fileprivate func revoke() {
            let revoke = state.withLock { state in
                defer { (state.stalledSince, state.revoke) = (nil, nil) }
                return state.revoke
            }
            revoke?()
        }

        deinit { release() }

        /// Passes the slot to the next waiter. Later calls do nothing.
        func release() {
            let wasHeld = state.withLock { state in
                defer { state.isHeld = false }
                return state.isHeld
            }
            if wasHeld { limiter.release(host, ObjectIdentifier(self)) }
        }
    }

    /// The number of fetches that hold a slot, and of those that wait for one.
    var counts: (active: Int, waiting: Int) { state.withLock { ($0.active, $0.waiters.count) } }

    /// Waits for a slot.
    ///
    /// - Throws: ``PictureError/busy`` if too many already wait, ``PictureError/timedOut`` at the deadline, and
    ///   ``PictureError/broken(_:)`` if the task is cancelled.
    func slot(for host: String, before deadline: ContinuousClock.Instant) async throws(PictureError) -> Slot {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let watch = Task {
            while ContinuousClock.now < deadline {
                try await Task.sleep(until: min(deadline, .now + Self.look), clock: .continuous)
                revokeStalled(for: host)
            }
            end(id, .timedOut)
        }
        defer {
            watch.cancel()
            state.withLock { _ = $0.cancelled.remove(id) }
        }
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { wait(Waiter(id: id, host: host, continuation: $0)) }
        } onCancel: {
            end(id, .broken("cancelled"))
        }
        if let failure { throw failure }
        return Slot(self, host)
    }

    private func wait(_ waiter: Waiter) {
        let result = state.withLock { state -> Result<Void, PictureError>? in
            if state.cancelled.contains(waiter.id) { return .failure(.broken("cancelled")) }
            if hasRoom(for: waiter.host, state) {
                admit(waiter.host, &state)
                return .success(())
            }
            guard state.waiters.count < waiting else { return .failure(.busy) }
            state.waiters.append(waiter)
            return nil
        }
        switch result {
        case .success: waiter.continuation.resume(returning: nil)
        case .failure(let error): waiter.continuation.resume(returning: error)
        case nil: break
        }
    }

    /// Ends a wait without a slot. Does nothing if the waiter already has one.
    private func end(_ id: Int, _ error: PictureError) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: error)
    }

    private func release(_ host: String, _ slot: ObjectIdentifier) {
        let next = state.withLock { state -> Waiter? in
            state.slots[slot] = nil
            state.active -= 1
            let left = state.perHost[host, default: 1] - 1
            state.perHost[host] = left > 0 ? left : nil
            guard let index = state.waiters.firstIndex(where: { hasRoom(for: $0.host, state) }) else { return nil }
            let waiter = state.waiters.remove(at: index)
            admit(waiter.host, &state)
            return waiter
        }
        next?.continuation.resume(returning: nil)
    }

    /// How long a client may read nothing while others wait.
    private static let stall = Duration.seconds(3)
    /// The interval at which a waiting fetch looks for stalled clients.
    private static let look = Duration.milliseconds(250)

    /// Ends the fetch that has stalled longest, if that makes room for a host.
    private func revokeStalled(for host: String) {
        // Keep all slots alive until the lock is released: the end of a slot takes the lock.
        let (slots, isHostBusy) = state.withLock { state -> ([Slot], Bool) in
            guard !hasRoom(for: host, state) else { return ([], false) }
            return (state.slots.values.compactMap(\.slot), state.perHost[host, default: 0] >= perHost)
        }
        let limit = ContinuousClock.now - Self.stall
        let stalled = slots.filter { !isHostBusy || $0.host == host }
            .compactMap { slot in slot.stalledSince.map { (slot: slot, since: $0) } }
        guard let longest = stalled.min(by: { $0.since < $1.since }), longest.since < limit else { return }
        longest.slot.revoke()
    }

    private func hasRoom(for host: String, _ state: State) -> Bool {
        state.active < overall && state.perHost[host, default: 0] < perHost
    }

    private func admit(_ host: String, _ state: inout State) {
        state.active += 1
        state.perHost[host, default: 0] += 1
    }
}
