import HTTPTypes
import Hummingbird
import NIOCore
import Pictures
import Posts
import Synchronization

/// The events for one client of `/events` (WHATWG HTML, section 9.2, server-sent events).
struct EventStream {
    /// The delay before a client reconnects, in milliseconds. It is random, so that thousands of clients do not
    /// reconnect at once.
    private static let retry = 2_000...5_000

    private let subscription: EventSubscription
    private let broadcaster: EventBroadcaster
    private let now: @Sendable () -> Int64
    private let key: Int
    private let run: String
    private var position: Int
    private var mark: PageCursor?
    /// The next post to send before the events after ``position``. The stream keeps its place in the gallery, not a
    /// copy of the posts.
    private var replayed: Post?
    /// The number of posts that the replay may still check.
    private var replayLeft = EventLog.replay
    private let caption: @Sendable (Post) -> SearchText
    private var events: ArraySlice<PostEvent> = []
    /// The position of the first of ``events``.
    private var place: Int
    private var hasGreeted = false

    /// Opens a stream. The caller must close it.
    ///
    /// - Parameters:
    ///   - last: the last event that the client received.
    ///   - caption: returns the searchable caption of a post.
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
        // Send missed events without waiting for new ones.
        subscription.signal(.news)
    }

    /// Removes the stream from the broadcaster.
    func close() { broadcaster.remove(key) }

    /// The next bytes to send; `nil` at the end.
    mutating func next() async -> ByteBuffer? {
        if !hasGreeted {
            hasGreeted = true
            // An id without data tells the client its position before the first event.
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
                // The log no longer has the events. The client reconnects, and gets the posts newer than its mark.
                guard let news = broadcaster.events(after: position) else { return nil }
                place = position
                (events, position) = news
            } else if signals.contains(.beat) {
                return ByteBuffer(string: ":\n\n")
            }
        }
    }

    /// During a replay, only the mark is valid.
    private var id: EventID {
        EventID(run: replayed == nil ? run : nil, sequence: replayed == nil ? place : 0, mark: mark)
    }

    private func withID(_ event: ByteBuffer) -> ByteBuffer {
        var bytes = ByteBuffer(string: "id: \(id.text)\n")
        bytes.writeImmutableBuffer(event)
        return bytes
    }

    /// Finds the next post to replay.
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
        // A client of an earlier process already knows the stored posts up to its mark.
        guard event.isOfFirstFind, let mark else { return true }
        return Post.newestFirst(event.post, mark.post)
    }

    private mutating func advance(to post: Post) {
        if let mark, !Post.newestFirst(post, mark.post) { return }
        mark = PageCursor(after: post)
    }
}

extension PageCursor {
    /// A post at this position, for comparisons.
    var post: Post { Post(id: id, publishedAt: publishedAt, media: []) }
}

/// The event of a new post. It is encoded once, and its caption is folded once, for all streams.
final class PostEvent: Sendable {
    let post: Post
    /// The hashtags under which the post is new.
    let foundUnder: Set<Hashtag>
    /// The hashtags under which the post was known before.
    let knownUnder: Set<Hashtag>
    /// Whether these hashtags had no posts before. The store may have kept the post from an earlier process, so clients
    /// may know it.
    let isOfFirstFind: Bool
    private let searched = Mutex<SearchText?>(nil)
    private let encoded = Mutex<(json: ByteBuffer?, card: ByteBuffer?)>((nil, nil))

    init(_ post: Post, foundUnder: Set<Hashtag>, knownUnder: Set<Hashtag>, isOfFirstFind: Bool) {
        self.post = post
        self.foundUnder = foundUnder
        self.knownUnder = knownUnder
        self.isOfFirstFind = isOfFirstFind
    }

    /// The searchable caption.
    var caption: SearchText {
        searched.withLock { searched in
            if let searched { return searched }
            let text = SearchText(post.caption)
            searched = text
            return text
        }
    }

    /// The event without its id, including the empty line at its end.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z, for a card.
    func bytes(_ view: EventSelection.View, now: Int64) -> ByteBuffer {
        encoded.withLock { encoded in
            let known = view == .json ? encoded.json : encoded.card
            if let known { return known }
            let bytes = Self.encode(post, view, now: now)
            if view == .json { encoded.json = bytes } else { encoded.card = bytes }
            return bytes
        }
    }

    /// Encodes an event. The JSON is always one line, and so one `data` field.
    static func encode(_ post: Post, _ view: EventSelection.View, now: Int64) -> ByteBuffer {
        let data: JSON
        switch view {
        case .json: data = post.json
        case .card:
            let card = Picture(of: post).map { PostCard(post: post, picture: $0, isEarly: true, now: now).html }
            data = .object(["id": .string(post.id.description), "html": .string(card?.text ?? "")])
        }
        var bytes = ByteBuffer(string: "event: post\ndata: ")
        bytes.writeBytes(data.encoded)
        bytes.writeInteger(UInt8(ascii: "\n"))
        return bytes
    }
}

/// `/events` and `/tags/{tag}/events`: new posts as server-sent events.
///
/// `?view=card` sends cards for the gallery page instead of JSON. `?after=` replaces `Last-Event-ID`, which a browser
/// cannot send with the first request.
struct EventRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        router.read("/events") { request, _ in try answer(request, nil) }
        router.read("/tags/:tag/events") { request, context in
            let gallery = site.snapshots.current.gallery
            return try answer(
                request, Set(try site.hashtags(named: try context.parameters.decoded("tag"), in: gallery)))
        }
    }

    private func answer(_ request: Request, _ hashtags: Set<Hashtag>?) throws(Refusal) -> Response {
        let query = QueryParameters(request.uri.query)
        let selection = EventSelection(
            hashtags: hashtags, filter: try PostFilter(query), view: try view(query["view"]))
        let lastEventID = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
        let last = (lastEventID ?? query["after"]).flatMap { EventID($0) }
        var headers: HTTPFields = [
            .contentType: "text/event-stream",
            // Proxies must not compress the stream, because compression buffers it.
            .cacheControl: "no-transform, \(CachePolicy.never.directives)",
            .xContentTypeOptions: "nosniff",
        ]
        // Tells nginx not to buffer events.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        let body = ResponseBody { [site] writer in
            var stream = EventStream(
                selection, after: last, of: site.events, caption: { site.snapshots.current.caption(of: $0) },
                now: site.now)
            defer { stream.close() }
            while let bytes = await stream.next() { try await writer.write(bytes) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func view(_ text: String?) throws(Refusal) -> EventSelection.View {
        switch text {
        case nil, "json": .json
        case "card": .card
        default: throw .badRequest("view must be json or card")
        }
    }
}
