import Synchronization

/// Answers that were made from the current snapshot, so that what is asked for again is not made again.
///
/// It holds the first pages only, and no more answers and bytes than its limits: when they are too many, others go.
final class AnswerCache: Sendable {
    /// What an answer was made for.
    struct Key: Sendable, Hashable {
        /// The form of the answer: its media type.
        let form: String
        let query: PostQuery
        /// How many posts at most.
        let limit: Int
        /// What its addresses differ in from those for other readers: the origin, and the key that they carry. Empty
        /// where it has none.
        let origin: String

        /// About how much memory it takes. Readers write most of it.
        fileprivate var bytes: Int {
            let filter = query.filter
            let terms = (filter.words + filter.unwanted).reduce(0) { $0 + $1.text.utf8.count + $1.pattern.count + 64 }
            let names = (query.hashtags.map(\.name) + filter.sources).reduce(0) { $0 + $1.utf8.count + 32 }
            return form.utf8.count + origin.utf8.count + terms + names
        }
    }

    /// An answer and what it was made from.
    struct Entry: Sendable {
        /// The version of the gallery.
        let version: UInt64
        /// What a feed said, to know whether it would say something else now.
        var feed: Feed?
        let representation: Representation
        /// Until when it says what is so, in seconds since 1970; nil for as long as the gallery has that version.
        var end: Int64?

        fileprivate func isRight(_ version: UInt64, at time: Int64) -> Bool {
            self.version == version && end.map { time < $0 } ?? true
        }

        /// About how much memory it takes; a feed is as large as what is made of it.
        fileprivate var bytes: Int { representation.body.readableBytes * (feed == nil ? 1 : 2) }
    }

    private struct Contents {
        var entries: [Key: Entry] = [:]
        var bytes = 0
    }

    /// What an answer takes beside what it says.
    static let overhead = 512

    private let limit: Int
    private let answers: Int
    private let contents = Mutex(Contents())

    /// - Parameters:
    ///   - limit: about the most bytes of memory that are taken.
    ///   - answers: the most answers that are kept.
    init(limit: Int = 4 << 20, answers: Int = 1_000) {
        self.limit = limit
        self.answers = answers
    }

    /// How many answers are kept.
    var count: Int { contents.withLock { $0.entries.count } }

    /// About how many bytes they take.
    var bytes: Int { contents.withLock { $0.bytes } }

    /// The answer for a key: the one that is there, when it was made from this version of the gallery, or a new one.
    ///
    /// - Parameters:
    ///   - now: the time in seconds since 1970, for answers that end.
    ///   - make: makes it, given the one that is no longer right.
    func answer(
        _ key: Key, version: UInt64, now: Int64 = 0, make: (Entry?) async -> Entry
    ) async -> Representation {
        let known = contents.withLock { $0.entries[key] }
        if let known, known.isRight(version, at: now) { return known.representation }
        let entry = await make(known)
        store(entry, key)
        return entry.representation
    }

    private func store(_ entry: Entry, _ key: Key) {
        contents.withLock { contents in
            if let old = contents.entries[key] {
                // A request may come here with a snapshot that another one has already gone past.
                guard old.version < entry.version || old.version == entry.version && entry.end != nil else { return }
                contents.bytes -= Self.size(key, old)
                contents.entries[key] = nil
            }
            let size = Self.size(key, entry)
            guard size <= limit / 4 else { return }
            while contents.bytes + size > limit || contents.entries.count >= answers,
                let other = contents.entries.popFirst()
            {
                contents.bytes -= Self.size(other.key, other.value)
            }
            contents.entries[key] = entry
            contents.bytes += size
        }
    }

    private static func size(_ key: Key, _ entry: Entry) -> Int { overhead + key.bytes + entry.bytes }
}
