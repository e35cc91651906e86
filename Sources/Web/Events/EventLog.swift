import Crawler

/// What was found since the process began, in the order in which it was found: the newest events of it.
struct EventLog: Sendable {
    /// How many events are kept, for readers that come back or lag behind.
    static let capacity = 512
    /// How many posts of a hashtag that had none are told of: no more than a reader wants to see at once.
    static let firstFind = 50

    /// Names this process in ids of events.
    let run: String
    /// What the events lead to.
    private(set) var gallery: Gallery
    private var known: [Hashtag: Set<Post.ID>]
    private var events: [PostEvent] = []
    /// How many events there were before the first that is kept.
    private var dropped = 0

    init(_ gallery: Gallery, run: String = String(UInt64.random(in: .min ... .max), radix: 36)) {
        self.gallery = gallery
        self.run = run
        known = Self.ids(gallery)
    }

    /// How many events there have been: the place at its end.
    var end: Int { dropped + events.count }

    /// Adds the posts that a gallery has more than the one before, the oldest first.
    ///
    /// - Returns: the events that were added.
    mutating func record(_ new: Gallery) -> [PostEvent] {
        guard new.version > gallery.version else { return [] }
        var fresh: [Post.ID: (post: Post, hashtags: Set<Hashtag>)] = [:]
        for hashtag in new.hashtags {
            let before = known[hashtag] ?? []
            let unknown = new[hashtag].lazy.filter { !before.contains($0.id) }
            for post in unknown.prefix(before.isEmpty ? Self.firstFind : .max) {
                fresh[post.id, default: (post, [])].hashtags.insert(hashtag)
            }
        }
        let added = fresh.values.sorted { Post.newestFirst($1.post, $0.post) }.map { post, hashtags in
            PostEvent(
                post, foundUnder: hashtags, knownUnder: Set(known.filter { $1.contains(post.id) }.keys),
                isOfFirstFind: hashtags.allSatisfy { known[$0]?.isEmpty ?? true }
            )
        }
        gallery = new
        known = Self.ids(new)
        append(added)
        return added
    }

    /// The events after a place; nil when it is older than what is kept.
    func events(after place: Int) -> ArraySlice<PostEvent>? {
        guard place >= dropped, place <= end else { return nil }
        return events[(place - dropped)...]
    }

    private mutating func append(_ added: [PostEvent]) {
        events += added
        let excess = events.count - Self.capacity
        guard excess > 0 else { return }
        events.removeFirst(excess)
        dropped += excess
    }

    private static func ids(_ gallery: Gallery) -> [Hashtag: Set<Post.ID>] {
        Dictionary(uniqueKeysWithValues: Set(gallery.hashtags).map { ($0, Set(gallery[$0].map(\.id))) })
    }
}
