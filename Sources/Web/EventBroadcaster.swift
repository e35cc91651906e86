import Posts
import ServiceLifecycle
import Synchronization

/// Tells the streams of `/events` what the crawler finds.
///
/// There is one log of events for all streams, and a stream is a place in it: a reader costs a suspended task, and an
/// event is encoded once. Streams live while it runs; at a graceful shutdown they end at once, for readers come back
/// by themselves. So it must be the first service to end, before the web server that waits for its readers.
package final class EventBroadcaster: Service {
    private enum Phase { case idle, running, ended }

    private struct State {
        var log: EventLog
        var phase = Phase.idle
        var groups = [[Int: EventSubscription]](repeating: [:], count: EventBroadcaster.turns)
        var lastKey = 0
    }

    /// Streams are in groups, of which each has its turn within a beat.
    private static let turns = 15
    /// How many streams are woken in a row, and how long the others then have for themselves: some 7,000
    /// a second. Fewer in a row delay other requests less, and 5,000 streams must know of a post within a second.
    private static let burst = 8
    private static let pause = Duration.milliseconds(1)

    private let box: GalleryBox
    private let beat: Duration
    private let state: Mutex<State>

    /// - Parameters:
    ///   - gallery: what the crawler found.
    ///   - beat: how often a stream with nothing to tell shows that it is alive.
    package init(gallery: GalleryBox, beat: Duration = .seconds(15)) {
        box = gallery
        self.beat = beat
        state = Mutex(State(log: EventLog(gallery.current)))
    }

    /// Tells of every change until a graceful shutdown.
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

    /// Whether there is anything to wait for.
    var isRunning: Bool { state.withLock { $0.phase == .running } }

    /// How many streams are open.
    package var streamCount: Int { state.withLock { $0.groups.reduce(0) { $0 + $1.count } } }

    // MARK: For streams

    /// Where a stream begins.
    struct Start: Sendable {
        var position: Int
        /// The newest post that the reader knows, or has no need to know.
        var mark: PageCursor?
        /// Whether posts newer than the mark come before the events after the position.
        var isReplay = false
        var run: String
    }

    /// Adds a stream.
    ///
    /// - Parameters:
    ///   - subscription: woken when there is something to tell; at once when nothing will come any more.
    ///   - last: the last event that the reader knows; nil for a reader that wants what comes from now on.
    /// - Returns: where it begins, and the key to take it away with.
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

    /// The events after a place, and the place after them; nil when the reader is too far behind.
    func events(after position: Int) -> (events: ArraySlice<PostEvent>, end: Int)? {
        state.withLock { state in state.log.events(after: position).map { ($0, state.log.end) } }
    }

    /// The oldest post after a mark that no event after a place tells a reader of, whether or not the filter admits it.
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

    /// Each stream is woken once in a beat.
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

/// Wakes one open stream. What it is woken for waits while the stream is busy writing, and takes no room: a reader
/// that is slow finds what it missed in the log.
final class EventSubscription: Sendable {
    /// What has happened.
    struct Signals: OptionSet, Sendable {
        let rawValue: UInt8
        /// There are new events.
        static let news = Signals(rawValue: 1)
        /// It is time to show that the stream is alive.
        static let beat = Signals(rawValue: 2)
        /// No more will come.
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

    /// Waits for something to happen; cancelling the task is an end. One task at a time waits.
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
