import Posts

/// Which posts are asked for: of some hashtags or of all, and which of those.
struct PostQuery: Sendable, Hashable {
    /// Posts of any of them, ordered by name, each once; empty for those of all hashtags.
    let hashtags: [Hashtag]
    /// Which of their posts.
    let filter: PostFilter

    /// - Parameter hashtags: in any order.
    init(_ hashtags: [Hashtag], _ filter: PostFilter = PostFilter()) {
        self.hashtags = Set(hashtags).sorted { $0.name < $1.name }
        self.filter = filter
    }

    /// The names joined by `+`, as an address has them; `*` for all.
    var name: String { hashtags.isEmpty ? "*" : hashtags.map(\.name).joined(separator: "+") }

    /// Where their feeds and the like are, such as `/tags/a+b`; empty for all hashtags.
    var prefix: String {
        if hashtags.isEmpty { return "" }
        return "/tags/" + hashtags.map { $0.name.percentEncoded }.joined(separator: "+")
    }

    /// The path of their page.
    var path: String { hashtags.isEmpty ? "/" : prefix }

    /// The hashtags as people say them: `#a or #b`; nil for all.
    var title: String? {
        guard let last = hashtags.last else { return nil }
        let others = hashtags.dropLast().map { "#\($0.name)" }.joined(separator: ", ")
        return others.isEmpty ? "#\(last.name)" : "\(others) or #\(last.name)"
    }
}

extension PostQuery {
    /// A path with the query that asks for these posts.
    func address(_ path: String) -> String {
        filter.isEmpty ? path : "\(path)?\(filter.parameters.joined(separator: "&"))"
    }
}

/// Which page of a list is asked for, and which posts of the list.
struct PageQuery: Sendable, Hashable {
    static let defaultLimit = 20
    static let limits = 1...100

    /// How many posts at most.
    var limit = Self.defaultLimit
    /// Where the page begins; `nil` for the newest.
    var before: PageCursor?
    /// Which posts of the list.
    var filter = PostFilter()

    /// - Throws: ``Refusal/badRequest(_:)`` that says what is allowed.
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

    /// The address that asks for this page.
    func address(_ path: String) -> String {
        var parameters = before.map { ["before=\($0.text.percentEncoded)"] } ?? []
        if limit != Self.defaultLimit { parameters.append("limit=\(limit)") }
        parameters += filter.parameters
        return parameters.isEmpty ? path : "\(path)?\(parameters.joined(separator: "&"))"
    }

    /// The address that asks for the page after a cursor.
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

/// A place in a list of posts: after the post it names, whether or not that is still there.
struct PageCursor: Sendable, Hashable {
    let publishedAt: Int64
    let id: Post.ID

    init(after post: Post) {
        publishedAt = post.publishedAt
        id = post.id
    }

    /// Reads what ``text`` wrote.
    init?(_ text: String) {
        // By scalars: as a character, a colon could be one with what follows it.
        let parts = text.unicodeScalars.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            .map { String($0) }
        guard parts.count == 3, let publishedAt = Int64(parts[0]), !parts[1].isEmpty, !parts[2].isEmpty else {
            return nil
        }
        self.publishedAt = publishedAt
        id = Post.ID(source: parts[1], value: parts[2])
    }

    var text: String { "\(publishedAt):\(id.source):\(id.value)" }

    /// Whether a post comes after this place in a list that is newest first.
    func isBefore(_ post: Post) -> Bool {
        Post.newestFirst(self.post, post)
    }
}

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
