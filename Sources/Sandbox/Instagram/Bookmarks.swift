import Synchronization

/// The places of lists whose cursor is the same on every page, as upstream documents it: the service remembers where
/// the next page starts.
final class Bookmarks: Sendable {
    private struct Key: Hashable {
        var hashtag: String
        var edge: MediaEdge
    }

    /// More lists than these are not remembered; they start anew.
    private static let most = 10_000

    private let places = Mutex<[Key: Cursor]>([:])

    /// Remembers where the next page of a list starts.
    ///
    /// - Returns: the cursor, which is the same for every page of the list.
    func mark(_ place: Cursor, of hashtag: SandboxHashtag) -> String {
        places.withLock { places in
            if places.count >= Self.most { places = [:] }
            places[Key(hashtag: hashtag.id, edge: place.edge)] = place
        }
        return Self.text(place.edge)
    }

    /// Where the next page of a list starts; nil for other cursors, and before there was a first page.
    func place(_ cursor: String, of hashtag: SandboxHashtag, _ edge: MediaEdge) -> Cursor? {
        guard cursor == Self.text(edge) else { return nil }
        return places.withLock { $0[Key(hashtag: hashtag.id, edge: edge)] }
    }

    /// No number follows, so that it is none of the other cursors.
    private static func text(_ edge: MediaEdge) -> String { edge.cursorPrefix + "_" }
}
