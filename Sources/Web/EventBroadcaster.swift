import Posts
import ServiceLifecycle
import Synchronization

/// Notifies the streams of `/events` about new posts.
///
/// All streams share one log of events, and each stream is a position in it. So a client costs one suspended task, and
/// an event is encoded once. A graceful shutdown ends all streams at once, because clients reconnect by themselves. The
/// broadcaster must stop before the web server, which waits for its clients.
package final class EventBroadcaster: Service {
    private enum Phase { case idle, running, ended }

    private struct State {
        var log: EventLog
        var phase = Phase.idle
        var groups = [[Int: EventSubscription]](repeating: [:], count: EventBroadcaster.turns)
        var lastKey = 0
    }

    /// The number of groups of streams. The groups take turns within a beat.
    private static let turns = 15
    /// The number of streams that are woken in a row, followed by a pause for other requests: about 7,000 streams a
    /// second. Smaller bursts delay other requests less, but 5,000 streams must receive a post within a second.
    private static let burst = 8
    private static let pause = Duration.milliseconds(1)

    private let box: GalleryBox
    private let beat: Duration
    private let state: Mutex<State>

    /// - Parameters:
    ///   - gallery: the posts that the crawler found.
    ///   - beat: the interval of keep-alive comments on idle streams.
    package init(gallery: GalleryBox, beat: Duration = .seconds(15)) {
        box = gallery
        self.beat = beat
        state = Mutex(State(log: EventLog(gallery.current)))
    }

    /// Publishes all changes until a graceful shutdown.
    package func run() async throws {
        state.withLock { $0.phase = .running }
        defer { end() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var finder = EventFinder(self.state.withLock { $0.log.gallery })
                for await gallery in self.box.changes.cancelOnGracefulShutdown() {
                    await self.publish(finder.events(leadingTo: gallery), leadingTo: gallery)
                }
            }
            group.addTask { await self.keepAlive() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Whether streams receive events.
    var isRunning: Bool { state.withLock { $0.phase == .running } }

    /// The number of open streams.
    package var streamCount: Int { state.withLock { $0.groups.reduce(0) { $0 + $1.count } } }

    // MARK: For streams

    /// The start of a stream.
    struct Start: Sendable {
        var position: Int
        /// The newest post that the client knows or does not need.
        var mark: PageCursor?
        /// Whether the stream first sends the posts newer than the mark, and then the events after the position.
        var isReplay = false
        var run: String
    }

    /// Adds a stream.
    ///
    /// - Parameters:
    ///   - subscription: gets a signal when there are new events; `end` at once if the broadcaster is not running.
    ///   - last: the last event that the client received; `nil` if it wants only future events.
    /// - Returns: the start of the stream, and the key for removing it.
    func add(
        _ subscription: EventSubscription, after last: EventID?
    ) -> (key: Int, start: Start) {
        let (key, log) = state.withLock { state in
            state.lastKey += 1
            if state.phase == .running {
                state.groups[state.lastKey % Self.turns][state.lastKey] = subscription
            } else {
                subscription.signal(.end)
            }
            return (state.lastKey, state.log)
        }
        return (key, Self.start(of: subscription.selection, after: last, in: log))
    }

    func remove(_ key: Int) {
        state.withLock { $0.groups[key % Self.turns][key] = nil }
    }

    /// The events after a position, and the position after them; `nil` if the log no longer has them.
    func events(after position: Int) -> (events: ArraySlice<PostEvent>, end: Int)? {
        state.withLock { state in state.log.events(after: position).map { ($0, state.log.end) } }
    }

    /// The oldest post after a mark, except those that an event after `place` reports. The filter is not applied.
    func replayed(after mark: PageCursor, for selection: EventSelection, before place: Int) -> Post? {
        let log = state.withLock { $0.log }
        let later = log.events(after: place) ?? []
        var mark = mark
        while let post = selection.next(after: mark, in: log.gallery) {
            guard later.contains(where: { $0.post.id == post.id && selection.includes($0) }) else { return post }
            mark = PageCursor(after: post)
        }
        return nil
    }

    private static func start(of selection: EventSelection, after last: EventID?, in log: EventLog) -> Start {
        var start = Start(
            position: log.end, mark: selection.newest(in: log.gallery).map(PageCursor.init(after:)), run: log.run)
        guard let last else { return start }
        if last.run == log.run, log.events(after: last.sequence) != nil {
            start.position = last.sequence
            start.mark = last.mark
        } else if let mark = last.mark {
            start.mark = selection.start(after: mark, atMost: EventLog.replay, in: log.gallery)
            start.isReplay = true
        }
        return start
    }

    // MARK: Waking

    private func publish(_ events: [PostEvent], leadingTo gallery: Gallery) async {
        state.withLock { $0.log.append(events, leadingTo: gallery) }
        guard !events.isEmpty else { return }
        var inARow = 0
        for turn in 0..<Self.turns {
            for stream in streams(of: turn) where events.contains(where: stream.selection.includes) {
                stream.signal(.news)
                inARow += 1
                if inARow >= Self.burst {
                    inARow = 0
                    try? await Task.sleep(for: Self.pause)
                }
            }
        }
    }

    /// Wakes each stream once in a beat.
    private func keepAlive() async {
        var turn = 0
        while (try? await Task.sleep(for: beat / Self.turns)) != nil {
            for stream in streams(of: turn) { stream.signal(.beat) }
            turn = (turn + 1) % Self.turns
        }
    }

    private func streams(of turn: Int) -> [EventSubscription] {
        state.withLock { Array($0.groups[turn].values) }
    }

    private func end() {
        let streams = state.withLock { state in
            state.phase = .ended
            return state.groups.flatMap(\.values)
        }
        for stream in streams { stream.signal(.end) }
    }
}

/// Wakes one open stream. Signals are merged while the stream is busy writing, so they need no memory: a slow client
/// gets the missed events from the log.
final class EventSubscription: Sendable {
    /// The reasons to wake a stream.
    struct Signals: OptionSet, Sendable {
        let rawValue: UInt8
        /// There are new events.
        static let news = Signals(rawValue: 1)
        /// The stream must send a sign of life.
        static let beat = Signals(rawValue: 2)
        /// There will be no more events.
        static let end = Signals(rawValue: 4)
    }

    private struct State {
        var pending: Signals = []
        var waiter: CheckedContinuation<Signals, Never>?
    }

    let selection: EventSelection
    private let state = Mutex(State())

    init(_ selection: EventSelection) {
        self.selection = selection
    }

    /// Wakes the stream.
    func signal(_ signals: Signals) {
        let waiter = state.withLock { state -> CheckedContinuation<Signals, Never>? in
            guard let waiter = state.waiter else {
                state.pending.formUnion(signals)
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: signals)
    }

    /// Waits for signals. Cancelling the task signals `end`. Only one task may wait at a time.
    func next() async -> Signals {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let pending = state.withLock { state -> Signals in
                    defer { state.pending = [] }
                    if state.pending.isEmpty { state.waiter = continuation }
                    return state.pending
                }
                if !pending.isEmpty { continuation.resume(returning: pending) }
            }
        } onCancel: {
            signal(.end)
        }
    }
}
