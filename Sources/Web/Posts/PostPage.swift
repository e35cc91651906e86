import Crawler

/// A stretch of a list of posts.
struct PostPage: Sendable {
    let posts: [Post]
    /// Where the next page begins; `nil` on the last.
    let next: PageCursor?
    /// Whether newer posts lie before it.
    let isLaterPage: Bool

    /// - Parameter all: the whole list, newest first.
    init(of all: [Post], _ query: PageQuery) {
        let start = query.before.map { cursor in all.firstIndex(where: cursor.isBefore) ?? all.endIndex } ?? 0
        let end = min(start + query.limit, all.endIndex)
        posts = Array(all[start..<end])
        next = end < all.endIndex ? posts.last.map(PageCursor.init(after:)) : nil
        isLaterPage = query.before != nil
    }
}
