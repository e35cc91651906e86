import Crawler

/// A stretch of a list of posts.
struct PostPage: Sendable {
    /// About the most bytes of text and addresses that the posts of a page have together: a page ends early rather than
    /// be larger. The first post is on it in any case. Markup makes up to nine bytes of one, so a feed stays below 2 MiB.
    static let mostBytes = 200_000

    let posts: [Post]
    /// Where the next page begins; `nil` on the last.
    let next: PageCursor?
    /// Whether newer posts lie before it.
    let isLaterPage: Bool

    /// - Parameter all: the whole list, newest first.
    init(of all: [Post], _ query: PageQuery) {
        let start = query.before.map { cursor in all.firstIndex(ofSuffix: cursor.isBefore) } ?? 0
        var end = start
        var bytes = 0
        while end < all.endIndex, end - start < query.limit {
            bytes += all[end].approximateBytes
            if end > start, bytes > Self.mostBytes { break }
            end += 1
        }
        posts = Array(all[start..<end])
        next = end < all.endIndex ? posts.last.map(PageCursor.init(after:)) : nil
        isLaterPage = query.before != nil
    }
}

extension Array {
    /// The index of the first element that fits, in an array in which all elements after one that fits do; ``endIndex``
    /// when none does. It looks at a logarithmic number of elements.
    func firstIndex(ofSuffix isInSuffix: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isInSuffix(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Post {
    /// How many bytes its text and addresses have.
    fileprivate var approximateBytes: Int {
        var bytes = id.value.utf8.count + caption.utf8.count + (permalink?.utf8.count ?? 0)
        bytes += (author?.name.utf8.count ?? 0) + (author?.url?.utf8.count ?? 0)
        for medium in media { bytes += medium.url.utf8.count + (medium.alt?.utf8.count ?? 0) + 100 }
        return bytes
    }
}
