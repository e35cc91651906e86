import Crawler

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
        return "/tags/" + hashtags.map { PercentEncoding.encode($0.name) }.joined(separator: "+")
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
