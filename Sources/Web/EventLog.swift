import Posts

/// The latest events of this process, in the order in which their posts were found.
struct EventLog: Sendable {
    /// The number of events that are kept for clients that reconnect or lag.
    static let capacity = 512
    /// The largest number of posts that are replayed to a reconnecting client if the events are no longer kept.
    static let replay = 1_000

    /// Identifies this process in event ids.
    let run: String
    /// The gallery after the last event.
    private(set) var gallery: Gallery
    private var events: [PostEvent] = []
    /// The number of events before the first kept one.
    private var dropped = 0

    init(_ gallery: Gallery, run: String = String(UInt64.random(in: .min ... .max), radix: 36)) {
        self.gallery = gallery
        self.run = run
    }

    /// The total number of events: the position after the last one.
    var end: Int { dropped + events.count }

    /// Appends the events that lead to a gallery.
    mutating func append(_ added: [PostEvent], leadingTo gallery: Gallery) {
        self.gallery = gallery
        events += added
        let excess = events.count - Self.capacity
        guard excess > 0 else { return }
        events.removeFirst(excess)
        dropped += excess
    }

    /// The events after a position; `nil` if it is older than the kept events.
    func events(after place: Int) -> ArraySlice<PostEvent>? {
        guard place >= dropped, place <= end else { return nil }
        return events[(place - dropped)...]
    }
}

/// Finds the events that lead from one gallery to the next. It checks all posts, so it runs outside of locks.
struct EventFinder: Sendable {
    /// The largest number of events for a hashtag that had no posts.
    private static let firstFind = 50

    private var gallery: Gallery
    private var known: [Hashtag: Set<Post.ID>]

    init(_ gallery: Gallery) {
        self.gallery = gallery
        known = Dictionary(uniqueKeysWithValues: Set(gallery.hashtags).map { ($0, Set(gallery[$0].map(\.id))) })
    }

    /// The new posts of a gallery, oldest first.
    mutating func events(leadingTo new: Gallery) -> [PostEvent] {
        guard new.version > gallery.version else { return [] }
        // Comparing lists that two galleries share is fast.
        let changed = Set(new.hashtags).filter { known[$0] == nil || new[$0] != gallery[$0] }
        var fresh: [Post.ID: (post: Post, hashtags: Set<Hashtag>)] = [:]
        for hashtag in changed {
            let before = known[hashtag] ?? []
            let unknown = new[hashtag].lazy.filter { !before.contains($0.id) }
            for post in unknown.prefix(before.isEmpty ? Self.firstFind : .max) {
                fresh[post.id, default: (post, [])].hashtags.insert(hashtag)
            }
        }
        let events = fresh.values.sorted { Post.newestFirst($1.post, $0.post) }.map { post, hashtags in
            PostEvent(
                post, foundUnder: hashtags, knownUnder: Set(known.filter { $1.contains(post.id) }.keys),
                isOfFirstFind: hashtags.allSatisfy { known[$0]?.isEmpty ?? true }
            )
        }
        known = known.filter { new.hashtags.contains($0.key) }
        for hashtag in changed { known[hashtag] = Set(new[hashtag].map(\.id)) }
        gallery = new
        return events
    }
}

/// A position in an event stream, which a reconnecting client sends as `Last-Event-ID`.
///
/// It has the position twice. The sequence is exact, and valid in the process that issued it. The mark, the newest post
/// that the client knew, is valid in other processes too.
struct EventID: Sendable, Equatable {
    /// Identifies the process; `nil` if only the mark is valid.
    var run: String?
    /// The number of events before this position.
    var sequence = 0
    /// The newest post before this position; `nil` if there was none.
    var mark: PageCursor?

    private static let noRun = "-"

    /// One line of ASCII.
    var text: String {
        "\(run ?? Self.noRun).\(sequence).\(mark.map { $0.text.percentEncoded } ?? "")"
    }

    init(run: String? = nil, sequence: Int = 0, mark: PageCursor?) {
        self.run = run
        self.sequence = sequence
        self.mark = mark
    }

    /// Parses ``text``; `nil` for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let sequence = DecimalNumber(parts[1])?.value else { return nil }
        if !parts[2].isEmpty {
            guard let mark = parts[2].validPercentDecoded().flatMap({ PageCursor($0) }) else { return nil }
            self.mark = mark
        }
        run = parts[0] == Self.noRun ? nil : String(parts[0])
        self.sequence = sequence
    }
}

/// The posts of a stream, and their representation.
struct EventSelection: Sendable, Equatable {
    /// The data of an event.
    enum View: Sendable {
        /// The post as JSON.
        case json
        /// The id of the post, and its card in the gallery page.
        case card
    }

    /// `nil` for all hashtags.
    var hashtags: Set<Hashtag>?
    /// Selects among their posts.
    var filter = PostFilter()
    var view = View.json

    /// Whether the post of an event is new under these hashtags.
    func includes(_ event: PostEvent) -> Bool {
        guard shows(event.post, caption: { _ in event.caption }) else { return false }
        guard let hashtags else { return event.knownUnder.isEmpty }
        return !event.foundUnder.isDisjoint(with: hashtags) && event.knownUnder.isDisjoint(with: hashtags)
    }

    /// The oldest post under these hashtags that is newer than a position, whether or not the filter selects it.
    func next(after mark: PageCursor, in gallery: Gallery) -> Post? {
        lists(in: gallery).compactMap { posts in
            let count = posts.firstIndex(ofSuffix: { !Post.newestFirst($0, mark.post) })
            return count > 0 ? posts[count - 1] : nil
        }.max(by: Post.newestFirst)
    }

    /// The position before the newest `count` posts under these hashtags, if more are newer than a position; otherwise
    /// that position.
    func start(after mark: PageCursor, atMost count: Int, in gallery: Gallery) -> PageCursor {
        let lists = lists(in: gallery).map { posts in
            posts.prefix(posts.firstIndex(ofSuffix: { !Post.newestFirst($0, mark.post) }))
        }
        guard lists.reduce(0, { $0 + $1.count }) > count else { return mark }
        var heads = lists
        var last: Post?
        for _ in 0...count {
            // The newest head of all lists; a post under several hashtags is the head of each of their lists.
            guard let newest = heads.compactMap(\.first).min(by: Post.newestFirst) else { return mark }
            last = newest
            for index in heads.indices where heads[index].first?.id == newest.id { heads[index].removeFirst() }
        }
        return last.map(PageCursor.init(after:)) ?? mark
    }

    private func lists(in gallery: Gallery) -> [[Post]] {
        gallery.hashtags.filter { hashtags?.contains($0) ?? true }.map { gallery[$0] }
    }

    /// Whether a post is shown, regardless of its hashtags.
    ///
    /// - Parameter caption: returns the searchable caption of a post.
    func shows(_ post: Post, caption: (Post) -> SearchText) -> Bool {
        (view == .json || post.picture != nil) && filter.admits(post, caption: caption)
    }

    /// The newest post under these hashtags.
    func newest(in gallery: Gallery) -> Post? {
        gallery.hashtags.filter { hashtags?.contains($0) ?? true }.compactMap { gallery[$0].first }
            .min(by: Post.newestFirst)
    }
}
