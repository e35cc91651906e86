import Posts

/// A selection of posts: of some hashtags or of all, with a filter.
struct PostQuery: Sendable, Hashable {
    /// The hashtags, ordered by name, each once; empty for all.
    let hashtags: [Hashtag]
    /// Selects among their posts.
    let filter: PostFilter

    /// - Parameter hashtags: in any order.
    init(_ hashtags: [Hashtag], _ filter: PostFilter = PostFilter()) {
        self.hashtags = Set(hashtags).sorted { $0.name < $1.name }
        self.filter = filter
    }

    /// The names joined by `+`, as in addresses; `*` for all.
    var name: String { hashtags.isEmpty ? "*" : hashtags.map(\.name).joined(separator: "+") }

    /// The path prefix of their feeds, for example `/tags/a+b`; empty for all hashtags.
    var prefix: String {
        if hashtags.isEmpty { return "" }
        return "/tags/" + hashtags.map { $0.name.percentEncoded }.joined(separator: "+")
    }

    /// The path of their page.
    var path: String { hashtags.isEmpty ? "/" : prefix }

    /// The hashtags in words: `#a or #b`; `nil` for all.
    var title: String? {
        guard let last = hashtags.last else { return nil }
        let others = hashtags.dropLast().map { "#\($0.name)" }.joined(separator: ", ")
        return others.isEmpty ? "#\(last.name)" : "\(others) or #\(last.name)"
    }
}

extension PostQuery {
    /// A path with the query string that selects these posts.
    func address(_ path: String) -> String {
        filter.isEmpty ? path : "\(path)?\(filter.parameters.joined(separator: "&"))"
    }
}

/// A page of a list, with a filter.
struct PageQuery: Sendable, Hashable {
    static let defaultLimit = 20
    static let limits = 1...100

    /// The largest number of posts.
    var limit = Self.defaultLimit
    /// The position where the page starts; `nil` for the newest post.
    var before: PageCursor?
    /// Selects posts of the list.
    var filter = PostFilter()

    /// - Throws: ``Refusal/badRequest(_:)`` with the allowed values.
    init(_ parameters: QueryParameters) throws(Refusal) {
        if let text = parameters["limit"] {
            guard let number = DecimalNumber(text)?.value, Self.limits.contains(number) else {
                throw .badRequest(
                    "limit must be a whole number from \(Self.limits.lowerBound) to \(Self.limits.upperBound)"
                )
            }
            limit = number
        }
        if let text = parameters["before"] {
            guard let cursor = PageCursor(text) else {
                throw .badRequest("before must be the \"next\" of an earlier page")
            }
            before = cursor
        }
        filter = try PostFilter(parameters)
    }

    /// The address of this page.
    func address(_ path: String) -> String {
        var parameters = before.map { ["before=\($0.text.percentEncoded)"] } ?? []
        if limit != Self.defaultLimit { parameters.append("limit=\(limit)") }
        parameters += filter.parameters
        return parameters.isEmpty ? path : "\(path)?\(parameters.joined(separator: "&"))"
    }

    /// The address of the page after a cursor.
    func address(_ path: String, before cursor: PageCursor) -> String {
        var page = self
        page.before = cursor
        return page.address(path)
    }

    /// The address of the first page.
    func firstAddress(_ path: String) -> String {
        var page = self
        page.before = nil
        return page.address(path)
    }
}

/// A position in a list of posts: after the named post, even if that is gone.
struct PageCursor: Sendable, Hashable {
    let publishedAt: Int64
    let id: Post.ID

    init(after post: Post) {
        publishedAt = post.publishedAt
        id = post.id
    }

    /// Parses ``text``.
    init?(_ text: String) {
        // Split Unicode scalars: a colon and a following mark could be one character.
        let parts = text.unicodeScalars.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            .map { String($0) }
        guard parts.count == 3, let publishedAt = Int64(parts[0]), !parts[1].isEmpty, !parts[2].isEmpty else {
            return nil
        }
        self.publishedAt = publishedAt
        id = Post.ID(source: parts[1], value: parts[2])
    }

    var text: String { "\(publishedAt):\(id.source):\(id.value)" }

    /// Whether a post comes after this position in a list, newest first.
    func isBefore(_ post: Post) -> Bool {
        Post.newestFirst(self.post, post)
    }
}

/// A page of a list of posts.
struct PostPage: Sendable {
    /// The approximate limit of text and addresses on a page, in bytes: a page ends before the post that exceeds it,
    /// but has at least one post. Markup multiplies bytes by at most nine, so a feed stays below 2 MiB.
    static let mostBytes = 200_000

    let posts: [Post]
    /// The position where the next page starts; `nil` on the last page.
    let next: PageCursor?
    /// Whether there are newer posts before it.
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
    /// The start of the suffix whose elements satisfy a condition, found by binary search; ``endIndex`` if no element
    /// does.
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
    /// The approximate size of its text and addresses.
    fileprivate var approximateBytes: Int {
        var bytes = id.value.utf8.count + caption.utf8.count + (permalink?.utf8.count ?? 0)
        bytes += (author?.name.utf8.count ?? 0) + (author?.url?.utf8.count ?? 0)
        for medium in media { bytes += medium.url.utf8.count + (medium.alt?.utf8.count ?? 0) + 100 }
        return bytes
    }
}
