/// A place in the lists of a hashtag's posts: which list, which page of it, and the service's own cursor.
///
/// The number of the page is part of it because the service's cursor may be the same on every page, and yet lead to the
/// next one each time.
struct GraphPlace: Sendable, Equatable {
    var edge: InstagramGraphAPI.Edge
    /// Counted from 1.
    var page = 1
    /// What the page before named; nil on the first.
    var after: String?

    init(edge: InstagramGraphAPI.Edge, page: Int = 1, after: String? = nil) {
        self.edge = edge
        self.page = page
        self.after = after
    }

    /// Reads what ``cursor`` gave; nil for anything else.
    init?(_ cursor: Cursor) {
        let parts = cursor.value.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let edge = InstagramGraphAPI.Edge(rawValue: String(parts[0])),
            let page = Int(parts[1]), page >= 1
        else { return nil }
        self.init(edge: edge, page: page, after: parts[2].isEmpty ? nil : String(parts[2]))
    }

    var cursor: Cursor { Cursor("\(edge.rawValue):\(page):\(after ?? "")") }
}
