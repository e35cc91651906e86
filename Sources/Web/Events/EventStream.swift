import Crawler
import NIOCore

/// What one reader of `/events` is sent (WHATWG HTML, section 9.2, server-sent events).
struct EventStream {
    /// Milliseconds after which a reader shall come back when the stream ends. Not the same for all, so that thousands
    /// do not come at once.
    private static let retry = 2_000...5_000

    private let subscription: EventSubscription
    private let broadcaster: EventBroadcaster
    private let now: @Sendable () -> Int64
    private let key: Int
    private let run: String
    private var position: Int
    private var mark: PageCursor?
    /// The next post of those that came before the events after ``position``: a place in the gallery, not a copy of it.
    private var replayed: Post?
    /// How many more of them are looked at.
    private var replayLeft = EventLog.replay
    private let caption: @Sendable (Post) -> SearchText
    private var events: ArraySlice<PostEvent> = []
    /// The place of the first of ``events``.
    private var place: Int
    private var hasGreeted = false

    /// Opens a stream; it must be closed.
    ///
    /// - Parameters:
    ///   - last: the last event that the reader knows.
    ///   - caption: gives the caption of a post as it is searched.
    init(
        _ selection: EventSelection, after last: EventID?, of broadcaster: EventBroadcaster,
        caption: @escaping @Sendable (Post) -> SearchText, now: @escaping @Sendable () -> Int64
    ) {
        subscription = EventSubscription(selection)
        self.broadcaster = broadcaster
        self.now = now
        let (key, start) = broadcaster.add(subscription, after: last)
        self.key = key
        run = start.run
        position = start.position
        place = start.position
        mark = start.mark
        self.caption = caption
        if start.isReplay { replayNext() }
        // What came between the reader's last event and now is told without waiting for more.
        subscription.signal(.news)
    }

    /// Takes the stream away from the broadcaster.
    func close() { broadcaster.remove(key) }

    /// The next bytes to send; nil at the end.
    mutating func next() async -> ByteBuffer? {
        if !hasGreeted {
            hasGreeted = true
            // An id without data tells the reader where it is before anything has happened.
            return ByteBuffer(string: "retry: \(Int.random(in: Self.retry))\nid: \(id.text)\n\n")
        }
        while true {
            if let post = replayed {
                advance(to: post)
                replayNext()
                return withID(PostEvent.encode(post, subscription.selection.view, now: now()))
            }
            while let event = events.popFirst() {
                place += 1
                guard isNews(event) else { continue }
                advance(to: event.post)
                return withID(event.bytes(subscription.selection.view, now: now()))
            }
            let signals = await subscription.next()
            if signals.contains(.end) { return nil }
            if signals.contains(.news) {
                // Too far behind: the reader comes back, and is told what is newer than what it knows.
                guard let news = broadcaster.events(after: position) else { return nil }
                place = position
                (events, position) = news
            } else if signals.contains(.beat) {
                return ByteBuffer(string: ":\n\n")
            }
        }
    }

    /// While posts from before the beginning are told of, only the mark says how far the reader is.
    private var id: EventID {
        EventID(run: replayed == nil ? run : nil, sequence: replayed == nil ? place : 0, mark: mark)
    }

    private func withID(_ event: ByteBuffer) -> ByteBuffer {
        var bytes = ByteBuffer(string: "id: \(id.text)\n")
        bytes.writeImmutableBuffer(event)
        return bytes
    }

    /// Finds the next post to tell of before the events.
    private mutating func replayNext() {
        replayed = nil
        var last = mark
        while replayLeft > 0, let mark = last,
            let post = broadcaster.replayed(after: mark, for: subscription.selection, before: position)
        {
            replayLeft -= 1
            if subscription.selection.shows(post, caption: caption) {
                replayed = post
                return
            }
            last = PageCursor(after: post)
        }
    }

    private func isNews(_ event: PostEvent) -> Bool {
        guard subscription.selection.includes(event) else { return false }
        // The reader of an earlier process knows what that one kept.
        guard event.isOfFirstFind, let mark else { return true }
        return Post.newestFirst(event.post, mark.post)
    }

    private mutating func advance(to post: Post) {
        if let mark, !Post.newestFirst(post, mark.post) { return }
        mark = PageCursor(after: post)
    }
}

extension PageCursor {
    /// A post at this place, for comparing.
    var post: Post { Post(id: id, publishedAt: publishedAt, media: []) }
}
