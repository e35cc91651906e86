import Posts

/// The newest events since the process began, in the order in which their posts were found.
struct EventLog: Sendable {
    /// How many events are kept, for clients that come back or lag behind.
    static let capacity = 512
    /// How many posts a client that comes back is told of that no kept event tells of: the newest ones.
    static let replay = 1_000

    /// Names this process in ids of events.
    let run: String
    /// What the events lead to.
    private(set) var gallery: Gallery
    private var events: [PostEvent] = []
    /// How many events there were before the first that is kept.
    private var dropped = 0

    init(_ gallery: Gallery, run: String = String(UInt64.random(in: .min ... .max), radix: 36)) {
        self.gallery = gallery
        self.run = run
    }

    /// How many events there have been: the place at its end.
    var end: Int { dropped + events.count }

    /// Adds the events that lead to a gallery.
    mutating func append(_ added: [PostEvent], leadingTo gallery: Gallery) {
        self.gallery = gallery
        events += added
        let excess = events.count - Self.capacity
        guard excess > 0 else { return }
        events.removeFirst(excess)
        dropped += excess
    }

    /// The events after a place; nil when it is older than what is kept.
    func events(after place: Int) -> ArraySlice<PostEvent>? {
        guard place >= dropped, place <= end else { return nil }
        return events[(place - dropped)...]
    }
}

/// Finds the events that lead from one gallery to the next. It looks at all posts, so it runs outside of locks.
struct EventFinder: Sendable {
    /// How many posts of a hashtag that had none are told of: no more than a reader wants to see at once.
    private static let firstFind = 50

    private var gallery: Gallery
    private var known: [Hashtag: Set<Post.ID>]

    init(_ gallery: Gallery) {
        self.gallery = gallery
        known = Dictionary(uniqueKeysWithValues: Set(gallery.hashtags).map { ($0, Set(gallery[$0].map(\.id))) })
    }

    /// The posts that a gallery has and the one before had not, the oldest first.
    mutating func events(leadingTo new: Gallery) -> [PostEvent] {
        guard new.version > gallery.version else { return [] }
        // The lists that two galleries share are told apart from others without a look at their posts.
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

/// A place in the stream of events: what a reader that comes back sends as `Last-Event-ID`.
///
/// It says twice where the reader was. The sequence is exact, and holds as long as the process that gave it. The mark,
/// the newest post that the reader knew, still says what is newer when another process reads it.
struct EventID: Sendable, Equatable {
    /// Names the process; nil when only the mark counts.
    var run: String?
    /// How many events lay before this place.
    var sequence = 0
    /// The newest post before this place; nil when there was none.
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

    /// Reads what ``text`` wrote; nil for anything else.
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

/// Which posts a stream is about, and how it shows them.
struct EventSelection: Sendable, Equatable {
    /// What the data of an event hold.
    enum View: Sendable {
        /// The post as the JSON interface shows it.
        case json
        /// Its id and the card of the gallery.
        case card
    }

    /// nil for all hashtags.
    var hashtags: Set<Hashtag>?
    /// Which of their posts.
    var filter = PostFilter()
    var view = View.json

    /// Whether the event tells of a post that is new under these hashtags.
    func includes(_ event: PostEvent) -> Bool {
        guard shows(event.post, caption: { _ in event.caption }) else { return false }
        guard let hashtags else { return event.knownUnder.isEmpty }
        return !event.foundUnder.isDisjoint(with: hashtags) && event.knownUnder.isDisjoint(with: hashtags)
    }

    /// The oldest post under these hashtags that is newer than a place, whether or not the filter admits it.
    func next(after mark: PageCursor, in gallery: Gallery) -> Post? {
        lists(in: gallery).compactMap { posts in
            let count = posts.firstIndex(ofSuffix: { !Post.newestFirst($0, mark.post) })
            return count > 0 ? posts[count - 1] : nil
        }.max(by: Post.newestFirst)
    }

    /// The place before the newest posts under these hashtags, if more than `count` of them are newer than a place; else
    /// that place.
    func start(after mark: PageCursor, atMost count: Int, in gallery: Gallery) -> PageCursor {
        let lists = lists(in: gallery).map { posts in
            posts.prefix(posts.firstIndex(ofSuffix: { !Post.newestFirst($0, mark.post) }))
        }
        guard lists.reduce(0, { $0 + $1.count }) > count else { return mark }
        var heads = lists
        var last: Post?
        for _ in 0...count {
            // The newest of all heads; a post under several hashtags is the head of each of their lists.
            guard let newest = heads.compactMap(\.first).min(by: Post.newestFirst) else { return mark }
            last = newest
            for index in heads.indices where heads[index].first?.id == newest.id { heads[index].removeFirst() }
        }
        return last.map(PageCursor.init(after:)) ?? mark
    }

    private func lists(in gallery: Gallery) -> [[Post]] {
        gallery.hashtags.filter { hashtags?.contains($0) ?? true }.map { gallery[$0] }
    }

    /// Whether a post is shown, under whichever hashtags it is.
    ///
    /// - Parameter caption: gives the caption of a post as it is searched.
    func shows(_ post: Post, caption: (Post) -> SearchText) -> Bool {
        (view == .json || post.picture != nil) && filter.admits(post, caption: caption)
    }

    /// The newest post under these hashtags.
    func newest(in gallery: Gallery) -> Post? {
        gallery.hashtags.filter { hashtags?.contains($0) ?? true }.compactMap { gallery[$0].first }
            .min(by: Post.newestFirst)
    }
}
