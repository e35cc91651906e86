/// An upstream service that lists the posts of a hashtag.
public protocol PostSource: Sendable {
    /// Names the source in ids, logs, metrics and addresses: lower-case ASCII letters, digits,
    /// `.`, `-` and `_`.
    var name: String { get }

    /// Fetches one page of the newest posts of a hashtag.
    ///
    /// - Parameters:
    ///   - hashtag: whose posts.
    ///   - cursor: where the page starts: the ``PostPage/next`` of the page before, or nil for
    ///     the first.
    /// - Throws: what went wrong and what to do about it; never holds a secret.
    func page(of hashtag: Hashtag, after cursor: Cursor?) async throws(SourceError) -> PostPage

    /// How much of its allowance the source has used, if the service told it lately.
    var usage: UsageReport? { get }

    /// How many different hashtags may be searched for, if the service limits that.
    var budget: SearchBudget? { get }
}

extension PostSource {
    /// Most services say nothing about their allowance.
    public var usage: UsageReport? { nil }

    /// Most services do not limit how many different hashtags are searched for.
    public var budget: SearchBudget? { nil }
}

/// Where a page of posts starts. Only the source that made it can read it.
public struct Cursor: Sendable, Hashable {
    /// What the source knows the place by.
    public var value: String

    /// - Parameter value: what the source knows the place by.
    public init(_ value: String) { self.value = value }
}

/// One page of posts.
public struct PostPage: Sendable {
    /// The posts of the page, in the upstream's order, which need not be the order of time.
    public var posts: [Post]
    /// Where the next page starts; nil after the last.
    public var next: Cursor?
    /// What was wrong with the items of the page that were left out, and with how many of them.
    public var defects: [PostDefect: Int]

    /// How many items were left out.
    public var skipped: Int { defects.values.reduce(0, +) }

    /// Creates a page.
    public init(posts: [Post], next: Cursor? = nil, defects: [PostDefect: Int] = [:]) {
        self.posts = posts
        self.next = next
        self.defects = defects
    }
}
