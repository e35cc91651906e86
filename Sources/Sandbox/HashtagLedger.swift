import Synchronization

/// The state of the API's user: the known names of hashtags, and the searches that count against the quota.
final class HashtagLedger: Sendable {
    /// The number of different hashtags that a user may search within ``window``.
    static let quota = 30

    /// 7 days, in seconds.
    static let window: Double = 7 * 86_400

    private struct Entries {
        var names: [String: SandboxHashtag] = [:]
        /// The time when each hashtag was first searched. Another search does not extend it.
        var searches: [(id: String, time: Double)] = []
    }

    private let entries = Mutex(Entries())

    /// Records a search at a time, in seconds since 1970.
    ///
    /// - Throws: ``GraphRefusal/tooManyHashtags`` beyond the quota.
    func search(_ hashtag: SandboxHashtag, at time: Double) throws(GraphRefusal) {
        let isAllowed = entries.withLock { entries in
            entries.searches.removeAll { $0.time <= time - Self.window }
            if !entries.searches.contains(where: { $0.id == hashtag.id }) {
                guard entries.searches.count < Self.quota else { return false }
                entries.searches.append((hashtag.id, time))
            }
            entries.names[hashtag.id] = hashtag
            return true
        }
        guard isAllowed else { throw .tooManyHashtags }
    }

    /// The hashtags that count against the quota at a time, latest first.
    func recentSearches(at time: Double) -> [SandboxHashtag] {
        entries.withLock { entries in
            entries.searches.filter { $0.time > time - Self.window }.reversed().compactMap { entries.names[$0.id] }
        }
    }

    /// The hashtag of an id, with its name if this server saw the search; `nil` if the id is malformed.
    func hashtag(id: String) -> SandboxHashtag? {
        entries.withLock { $0.names[id] } ?? SandboxHashtag(id: id)
    }
}

/// Positions in lists whose cursor is the same on every page, as upstream documents it. The sandbox remembers where the
/// next page starts.
final class Bookmarks: Sendable {
    private struct Key: Hashable {
        var hashtag: String
        var edge: MediaEdge
    }

    /// The largest number of remembered lists. Above it, all are forgotten and start again.
    private static let most = 10_000

    private let places = Mutex<[Key: GraphCursor]>([:])

    /// Remembers where the next page of a list starts.
    ///
    /// - Returns: the cursor, which is the same for every page of the list.
    func mark(_ place: GraphCursor, of hashtag: SandboxHashtag) -> String {
        places.withLock { places in
            if places.count >= Self.most { places = [:] }
            places[Key(hashtag: hashtag.id, edge: place.edge)] = place
        }
        return Self.text(place.edge)
    }

    /// The position where the next page of a list starts; `nil` for other cursors, and before the first page.
    func place(_ cursor: String, of hashtag: SandboxHashtag, _ edge: MediaEdge) -> GraphCursor? {
        guard cursor == Self.text(edge) else { return nil }
        return places.withLock { $0[Key(hashtag: hashtag.id, edge: edge)] }
    }

    /// The prefix without a number, which differs from every ``GraphCursor``.
    private static func text(_ edge: MediaEdge) -> String { edge.cursorPrefix + "_" }
}

/// The position after a post in a list. It is opaque to clients, and safe in an address.
struct GraphCursor: Sendable, Equatable {
    let edge: MediaEdge

    /// The ``SandboxPost/number`` of the last post before the position.
    let number: Int

    init(edge: MediaEdge, number: Int) {
        self.edge = edge
        self.number = number
    }

    /// Parses a cursor of a list.
    ///
    /// - Throws: ``GraphRefusal/invalidParameter(name:allowed:)`` for anything that is not a cursor of this list.
    init(_ text: String, edge: MediaEdge) throws(GraphRefusal) {
        guard text.hasPrefix(edge.cursorPrefix), let number = Int(text.dropFirst(edge.cursorPrefix.count), radix: 36),
            // The bound is far beyond any date and keeps later arithmetic from overflowing.
            abs(Double(number)) < 1e15
        else { throw .invalidParameter(name: "after", allowed: "a cursor of this list") }
        self.init(edge: edge, number: number)
    }

    var text: String { edge.cursorPrefix + String(number, radix: 36) }
}

/// The rate limit as a response reports it.
struct Usage: Sendable, Equatable {
    /// The used part of the allowance, 0 to 100.
    let percent: Int

    /// The ID of the call, which is an error's `fbtrace_id`.
    let trace: String

    /// The minutes until calls are accepted again; 0 while they are accepted.
    var minutes = 0

    /// The value of `X-App-Usage`.
    var app: JSONValue {
        .object(["call_count": .number(percent), "total_time": .number(percent), "total_cputime": .number(percent)])
    }

    /// The value of `X-Business-Use-Case-Usage`, for a user.
    func businessUseCase(userID: String) -> JSONValue {
        let usage = JSONValue.object([
            "type": .string("instagram"),
            "call_count": .number(percent),
            "total_cputime": .number(percent),
            "total_time": .number(percent),
            "estimated_time_to_regain_access": .number(minutes),
        ])
        return .object([.init(key: userID, value: .array([usage]))])
    }
}

/// Counts calls for the usage headers.
///
/// The sandbox has no rate limit, so the reported usage stays below 75 %, from which clients slow down.
final class UsageMeter: Sendable {
    /// The calls within an hour that upstream allows an app with one user who is rarely active.
    static let allowance = 4800

    /// The highest reported usage, in percent.
    static let ceiling = 70

    private let counter = Mutex((hour: 0, calls: 0, total: UInt64(0)))

    /// Counts a call at a time, in seconds since 1970, and returns the usage for its response.
    func count(at time: Double) -> Usage {
        let hour = time.isFinite && abs(time) < 1e15 ? Int((time / 3600).rounded(.down)) : 0
        return counter.withLock { counter in
            if counter.hour != hour { (counter.hour, counter.calls) = (hour, 0) }
            counter.calls += 1
            counter.total += 1
            let percent = min(Self.ceiling, counter.calls * 100 / Self.allowance)
            var dice = Dice(seed: counter.total)
            return Usage(percent: percent, trace: "A" + String(dice.next(), radix: 36))
        }
    }
}
