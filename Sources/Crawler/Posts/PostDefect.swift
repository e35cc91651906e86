/// Why an item of a source is no post that can be shown.
public enum PostDefect: String, Error, Sendable, Hashable, CaseIterable {
    /// It is not what the service documents.
    case unreadable
    /// It has no id, or one that is too long or has control characters.
    case noID
    /// It has no time, or one in a form that is not known.
    case noTime
    /// It has no picture or video with an address that can be asked.
    case noMedia
    /// It is dated in the future.
    case future

    /// Follows on "12 posts".
    fileprivate var words: String {
        switch self {
        case .unreadable: "that cannot be read"
        case .noID: "without an id"
        case .noTime: "without a timestamp"
        case .noMedia: "without a picture or video"
        case .future: "from the future"
        }
    }
}

extension [PostDefect: Int] {
    /// How many there are of each, for a person: `50 posts without a timestamp, 1 post without an id`.
    var inWords: String {
        PostDefect.allCases.compactMap { defect in
            self[defect].map { "\($0) \($0 == 1 ? "post" : "posts") \(defect.words)" }
        }.joined(separator: ", ")
    }
}

extension Post {
    /// The post without the addresses that cannot be asked.
    ///
    /// All posts pass through here, new ones and stored ones, before anything is done with them.
    ///
    /// - Throws: what makes it no post.
    func checked() throws(PostDefect) -> Post {
        guard id.isUsable else { throw .noID }
        var post = self
        post.permalink = WebAddress.checked(permalink)
        post.author?.url = WebAddress.checked(author?.url)
        post.media = media.compactMap(\.checked)
        guard !post.media.isEmpty else { throw .noMedia }
        return post
    }
}

extension Post.ID {
    fileprivate var isUsable: Bool {
        (1...100).contains(value.utf8.count)
            && value.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}

extension Media {
    fileprivate var checked: Media? {
        guard WebAddress.checked(url) != nil else { return nil }
        var medium = self
        medium.fallbackURL = WebAddress.checked(fallbackURL)
        return medium
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

extension PostPage {
    /// The posts of a list, and what was wrong with the others.
    ///
    /// - Parameters:
    ///   - source: the name of the source.
    ///   - now: the time, in seconds since 1970.
    init<Item: PostItem>(_ list: LossyList<Item>, source: String, now: Int64, next: Cursor? = nil) {
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
    mutating func check(unless known: PostIndex) {
        var usable: [Post] = []
        for post in posts {
            do throws(PostDefect) {
                usable.append(known.posts[post.id] == post ? post : try post.checked())
            } catch {
                defects[error, default: 0] += 1
            }
        }
        posts = usable
    }
}
