import Crawler

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
