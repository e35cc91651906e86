import Posts

/// An upstream service that lists the posts of a hashtag.
package protocol PostSource: Sendable {
    /// Names the source in ids, logs, metrics and addresses: lower-case ASCII letters, digits,
    /// `.`, `-` and `_`.
    var name: String { get }

    /// Fetches one page of the newest posts of a hashtag.
    ///
    /// - Parameters:
    ///   - hashtag: whose posts.
    ///   - cursor: where the page starts: the ``SourcePage/next`` of the page before, or nil for
    ///     the first.
    /// - Throws: what went wrong and what to do about it; never holds a secret.
    func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage

    /// How much of its allowance the source has used, if the service told it lately.
    var usage: UsageReport? { get }

    /// How many different hashtags may be searched for, if the service limits that.
    var budget: SearchBudget? { get }
}

extension PostSource {
    /// Most services say nothing about their allowance.
    package var usage: UsageReport? { nil }

    /// Most services do not limit how many different hashtags are searched for.
    package var budget: SearchBudget? { nil }
}

/// Where a page of posts starts. Only the source that made it can read it.
package struct SourceCursor: Sendable, Hashable {
    /// What the source knows the place by.
    package var value: String

    /// - Parameter value: what the source knows the place by.
    package init(_ value: String) { self.value = value }
}

/// One page of posts.
package struct SourcePage: Sendable {
    /// The posts of the page, in the upstream's order, which need not be the order of time.
    package var posts: [Post]
    /// Where the next page starts; nil after the last.
    package var next: SourceCursor?
    /// What was wrong with the items of the page that were left out, and with how many of them.
    package var defects: [PostDefect: Int]

    /// How many items were left out.
    package var skipped: Int { defects.values.reduce(0, +) }

    /// Creates a page.
    package init(posts: [Post], next: SourceCursor? = nil, defects: [PostDefect: Int] = [:]) {
        self.posts = posts
        self.next = next
        self.defects = defects
    }
}

extension UsageReport {
    /// The report of a service that counts requests; nil when it does not say how many are left.
    init?(_ limit: RateLimit?, now: Int64) {
        guard let limit, let percent = limit.percent else { return nil }
        self.init(percent: percent, regain: limit.wait, receivedAt: now)
    }
}

/// How many requests a service takes until a time: `X-RateLimit-Limit`, `-Remaining` and `-Reset`, or their newer names.
struct RateLimit: Sendable, Equatable {
    /// How many requests are used up, in percent; 100 when none is left, and nil when that is not said.
    var percent: Int?
    /// How long until all are there again, a second at least and a day at most; nil when that is not said.
    var wait: Duration?

    /// - Parameters:
    ///   - field: gives the first header field of a name.
    ///   - now: in seconds since 1970.
    /// - Returns: nil when the fields are absent, or cannot be understood.
    init?(_ field: (String) -> String?, now: Int64) {
        func value(_ name: String) -> String? {
            field("X-RateLimit-" + name) ?? field("RateLimit-" + name) ?? field("X-Rate-Limit-" + name)
        }
        func number(_ name: String) -> Int? {
            value(name).flatMap { Int($0) }.flatMap { (0..<1_000_000_000).contains($0) ? $0 : nil }
        }
        let end = value("Reset").flatMap { UpstreamTime.seconds($0, from: now) }
        wait = end.map { max(.seconds(1), Duration.seconds($0 - now).clamped(to: SourceError.longestWait)) }
        let left = number("Remaining")
        if left == 0 {
            percent = 100
        } else if let left, let limit = number("Limit"), limit > 0, left <= limit {
            percent = (limit - left) * 100 / limit
        }
        if percent == nil, wait == nil { return nil }
    }
}

/// An item of a list of a source that may stand for a post.
protocol PostItem: Decodable {
    /// The post that the item stands for, as the source of this name hands it out.
    ///
    /// - Returns: nil for what is not meant to be shown.
    /// - Throws: what it lacks.
    func make(source: String) throws(PostDefect) -> Post?
}

extension PostItem {
    /// The post that the item stands for; nil if there is none.
    func post(source: String) -> Post? { (try? make(source: source)) ?? nil }
}

extension SourcePage {
    /// The posts of a list, and what was wrong with the others.
    ///
    /// - Parameters:
    ///   - source: the name of the source.
    ///   - now: the time, in seconds since 1970.
    init<Item: PostItem>(_ list: LossyList<Item>, source: String, now: Int64, next: SourceCursor? = nil) {
        self.init(posts: [], next: next, defects: list.skipped > 0 ? [.unreadable: list.skipped] : [:])
        for item in list.items {
            do throws(PostDefect) {
                guard let post = try item.make(source: source)?.checked() else { continue }
                if post.isFromTheFuture(at: now) { throw .future }
                posts.append(post)
            } catch {
                defects[error, default: 0] += 1
            }
        }
    }

    /// Leaves out the posts that are none, whatever the source.
    ///
    /// - Parameter known: posts that were checked before.
    package mutating func check(unless known: PostIndex) {
        var usable: [Post] = []
        for post in posts {
            do throws(PostDefect) {
                usable.append(post.isNews(comparedTo: known.posts[post.id]) ? try post.checked() : post)
            } catch {
                defects[error, default: 0] += 1
            }
        }
        posts = usable
    }
}
