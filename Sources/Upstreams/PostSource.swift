import Posts

/// An upstream service that lists the posts of a hashtag.
package protocol PostSource: Sendable {
    /// Names the source in ids, logs, metrics and addresses: lower-case ASCII letters, digits,
    /// `.`, `-` and `_`.
    var name: String { get }

    /// Fetches one page of the newest posts of a hashtag.
    ///
    /// - Parameters:
    ///   - hashtag: the hashtag.
    ///   - cursor: the position where the page starts: ``SourcePage/next`` of the previous page, or `nil` for the
    ///     first.
    /// - Throws: the error and its remedy, without secrets.
    func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage

    /// How much of its allowance the source has used, if the service reports it.
    var usage: UsageReport? { get }

    /// How many different hashtags may be searched for, if the service limits that.
    var budget: SearchBudget? { get }
}

extension PostSource {
    /// Most services do not report an allowance.
    package var usage: UsageReport? { nil }

    /// Most services do not limit the number of different hashtags.
    package var budget: SearchBudget? { nil }
}

/// The position where a page of posts starts. Only the source that created it can interpret it.
package struct SourceCursor: Sendable, Hashable {
    /// The source's representation of the position.
    package var value: String

    /// - Parameter value: the source's representation of the position.
    package init(_ value: String) { self.value = value }
}

/// One page of a source's posts.
package struct SourcePage: Sendable {
    /// The posts in the order of the service, which need not be that of time.
    package var posts: [Post]
    /// The position where the next page starts; `nil` after the last.
    package var next: SourceCursor?
    /// The defects of the items that were left out, with their numbers.
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
    /// The report of a service that counts requests; `nil` if it does not report how many are left.
    init?(_ limit: RateLimit?, now: Int64) {
        guard let limit, let percent = limit.percent else { return nil }
        self.init(percent: percent, regain: limit.wait, receivedAt: now)
    }
}

/// How many requests a service accepts until a time: `X-RateLimit-Limit`, `-Remaining` and `-Reset`, or their newer
/// names.
struct RateLimit: Sendable, Equatable {
    /// The percentage of used requests; 100 if none is left, and `nil` if unknown.
    var percent: Int?
    /// The time until the reset, at least a second and at most a day; `nil` if unknown.
    var wait: Duration?

    /// - Parameters:
    ///   - field: returns the first header field with a name.
    ///   - now: in seconds since 1970.
    /// - Returns: `nil` if the fields are missing or invalid.
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

/// An item of a source's list, which may be a post.
protocol PostItem: Decodable {
    /// Converts the item to a post of the named source.
    ///
    /// - Returns: `nil` for an item that is not meant to be shown.
    /// - Throws: the defect of the item.
    func make(source: String) throws(PostDefect) -> Post?
}

extension PostItem {
    /// The post; `nil` if the item is not a valid one.
    func post(source: String) -> Post? { (try? make(source: source)) ?? nil }
}

extension SourcePage {
    /// Converts the items of a list, and counts the defects.
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

    /// Removes invalid posts, and counts their defects.
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
