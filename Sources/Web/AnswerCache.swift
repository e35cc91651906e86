import Synchronization

/// Caches responses that were created from the current snapshot.
///
/// It holds first pages only. If a new response exceeds the limits, others are dropped.
final class AnswerCache: Sendable {
    /// Identifies a response.
    struct Key: Sendable, Hashable {
        /// The media type.
        let form: String
        let query: PostQuery
        /// The maximum number of posts.
        let limit: Int
        /// The origin and the access key in its links, which differ between clients; empty if the links have neither.
        let origin: String

        /// The approximate memory use. Clients control most of it.
        fileprivate var bytes: Int {
            let filter = query.filter
            let terms = (filter.words + filter.unwanted).reduce(0) { $0 + $1.text.utf8.count + $1.pattern.count + 64 }
            let names = (query.hashtags.map(\.name) + filter.sources).reduce(0) { $0 + $1.utf8.count + 32 }
            return form.utf8.count + origin.utf8.count + terms + names
        }
    }

    /// A response and the data it was created from.
    struct Entry: Sendable {
        /// The version of the gallery.
        let version: UInt64
        /// The content of a feed, to detect changes.
        var feed: Feed?
        let representation: Representation
        /// The time when it expires, in seconds since 1970; `nil` if it is valid as long as the gallery has this
        /// version.
        var end: Int64?

        fileprivate func isRight(_ version: UInt64, at time: Int64) -> Bool {
            self.version == version && end.map { time < $0 } ?? true
        }

        /// The approximate memory use. A feed is about as large as its encoded form.
        fileprivate var bytes: Int { representation.body.readableBytes * (feed == nil ? 1 : 2) }
    }

    private struct Contents {
        var entries: [Key: Entry] = [:]
        var bytes = 0
    }

    /// The approximate memory use of an entry besides its content, in bytes.
    static let overhead = 512

    private let limit: Int
    private let answers: Int
    private let contents = Mutex(Contents())

    /// - Parameters:
    ///   - limit: the approximate maximum memory use, in bytes.
    ///   - answers: the maximum number of responses.
    init(limit: Int = 4 << 20, answers: Int = 1_000) {
        self.limit = limit
        self.answers = answers
    }

    /// The number of cached responses.
    var count: Int { contents.withLock { $0.entries.count } }

    /// The approximate memory use, in bytes.
    var bytes: Int { contents.withLock { $0.bytes } }

    /// Returns the cached response for a key if it is still valid, or else creates one.
    ///
    /// - Parameters:
    ///   - now: the time, in seconds since 1970, for responses that expire.
    ///   - make: creates the response, given the outdated entry.
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
                // The snapshot of this request may be older than the one of the cached entry.
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
