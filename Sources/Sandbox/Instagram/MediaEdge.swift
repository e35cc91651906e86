/// The lists of a hashtag's posts. The raw values are the paths' last parts.
enum MediaEdge: String, Sendable, CaseIterable {
    case recent = "recent_media"
    case top = "top_media"

    /// What the list's cursors start with: one of another list is refused.
    var cursorPrefix: String {
        switch self {
        case .recent: "QVFIUr"
        case .top: "QVFIUt"
        }
    }

    /// The posts of a page.
    func posts(
        of hashtag: SandboxHashtag,
        in world: SandboxWorld,
        at time: Double,
        after cursor: Cursor?,
        limit: Int
    ) -> [SandboxPost] {
        switch self {
        case .recent: world.recent(hashtag, at: time, after: cursor?.number, limit: limit)
        case .top: world.top(hashtag, at: time, after: cursor?.number, limit: limit)
        }
    }
}
