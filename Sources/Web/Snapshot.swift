import Pictures
import Posts
import Synchronization

/// A gallery with values that are derived from it once for all requests.
///
/// A snapshot reuses unchanged values of the previous one: the pictures of a hashtag, and the folded captions.
final class Snapshot: Sendable {
    let gallery: Gallery
    /// When the gallery was shown first, in seconds since 1970-01-01T00:00:00Z.
    let madeAt: Int64
    /// The posts of all hashtags, newest first, each once.
    let all: [Post]
    /// The posts of ``all`` that have a picture.
    let pictured: [Post]
    /// When ``all`` changed last, in seconds since 1970.
    let changedAt: Int64
    private let lists: [Hashtag: HashtagList]
    private let entries: [Post.ID: Entry]

    /// The posts of one hashtag that have a picture, newest first.
    struct HashtagList: Sendable {
        let pictures: [Picture]
        /// When the posts of the hashtag changed last, in seconds since 1970.
        let changedAt: Int64
    }

    private struct Entry: Sendable {
        let post: Post
        /// When the pictures of the post changed last, in seconds since 1970.
        let changedAt: Int64
        let caption: FoldedCaption
    }

    /// - Parameters:
    ///   - gallery: the current gallery.
    ///   - previous: the snapshot that this one replaces; `nil` for the first.
    ///   - now: the time, in seconds since 1970.
    init(_ gallery: Gallery, previous: Snapshot? = nil, now: Int64) {
        self.gallery = gallery
        madeAt = now
        // Posts that exist at the start count as changed when the newest of them was published.
        let newest = gallery.posts.values.compactMap { $0.first?.publishedAt }.max() ?? now
        var lists: [Hashtag: HashtagList] = [:]
        var entries: [Post.ID: Entry] = [:]
        for hashtag in gallery.hashtags {
            let posts = gallery[hashtag]
            for post in posts where entries[post.id] == nil {
                entries[post.id] = Self.entry(post, previous?.entries[post.id], isFirst: previous == nil, now)
            }
            if let previous, let known = previous.lists[hashtag] {
                // Fast if nothing changed: galleries share unchanged lists.
                let isSame = previous.gallery[hashtag] == posts
                lists[hashtag] =
                    isSame
                    ? known
                    : HashtagList(
                        pictures: posts.compactMap(Picture.init(of:)),
                        changedAt: LastChange.next(after: known.changedAt, now: now))
            } else {
                lists[hashtag] = HashtagList(
                    pictures: posts.compactMap(Picture.init(of:)),
                    changedAt: previous == nil
                        ? posts.first?.publishedAt ?? newest : LastChange.next(after: 0, now: now))
            }
        }
        self.lists = lists
        self.entries = entries
        all = entries.values.map(\.post).newestFirst()
        pictured = all.filter { $0.picture != nil }
        let changes = lists.values.map(\.changedAt).max() ?? now
        let isShrunk = previous.map { $0.gallery.hashtags != gallery.hashtags } ?? false
        changedAt = isShrunk ? max(changes, LastChange.next(after: previous?.changedAt ?? 0, now: now)) : changes
    }

    private static func entry(_ post: Post, _ known: Entry?, isFirst: Bool, _ now: Int64) -> Entry {
        guard let known else {
            return Entry(
                post: post, changedAt: isFirst ? post.publishedAt : LastChange.next(after: 0, now: now),
                caption: FoldedCaption(post.caption))
        }
        let isSamePicture = known.post.media.map(\.identity) == post.media.map(\.identity)
        return Entry(
            post: post, changedAt: isSamePicture ? known.changedAt : LastChange.next(after: known.changedAt, now: now),
            caption: known.caption.text == post.caption ? known.caption : FoldedCaption(post.caption))
    }

    /// The pictures of one hashtag; `nil` if it is not configured.
    func list(of hashtag: Hashtag) -> HashtagList? { lists[hashtag] }

    /// When the posts of any of the hashtags changed last, in seconds since 1970. Empty means all hashtags.
    func changedAt(_ hashtags: [Hashtag]) -> Int64 {
        hashtags.isEmpty ? changedAt : hashtags.compactMap { lists[$0]?.changedAt }.max() ?? changedAt
    }

    /// The post with an id, under any hashtag.
    func post(_ id: Post.ID) -> Post? { entries[id]?.post }

    /// When the pictures of a post changed last, in seconds since 1970.
    func picturesChangedAt(_ post: Post) -> Int64 { entries[post.id]?.changedAt ?? post.publishedAt }

    /// The searchable caption of a post, even if the post is not in this snapshot.
    func caption(of post: Post) -> SearchText {
        guard let caption = entries[post.id]?.caption, caption.text == post.caption else {
            return SearchText(post.caption)
        }
        return caption.folded
    }

    /// The posts that a query selects, newest first, each once.
    ///
    /// A search through all posts runs on the concurrent pool, so that the worker stays free for other requests.
    func posts(for query: PostQuery) async -> [Post] {
        if query.filter.isEmpty {
            if query.hashtags.isEmpty { return all }
            if query.hashtags.count == 1 { return gallery[query.hashtags[0]] }
        }
        return await Task.detached { self.select(query) }.value
    }

    private func select(_ query: PostQuery) -> [Post] {
        var posts = all
        if query.hashtags.count == 1 {
            posts = gallery[query.hashtags[0]]
        } else if query.hashtags.count > 1 {
            let ids = Set(query.hashtags.flatMap { gallery[$0].map(\.id) })
            posts = all.filter { ids.contains($0.id) }
        }
        return query.filter.isEmpty ? posts : query.filter.select(posts, caption: caption(of:))
    }
}

/// A caption, with its folded form, which is computed on the first search.
private final class FoldedCaption: Sendable {
    let text: String
    private let search = Mutex<SearchText?>(nil)

    init(_ text: String) {
        self.text = text
    }

    /// Computed outside the lock: concurrent searches may both do so.
    var folded: SearchText {
        if let known = search.withLock({ $0 }) { return known }
        let folded = SearchText(text)
        search.withLock { $0 = folded }
        return folded
    }
}

/// Holds the ``Snapshot`` of the current gallery. The task that replaces the gallery creates it, never a request.
final class SnapshotBox: Sendable {
    private let gallery: GalleryBox
    private let latest: Mutex<Snapshot>

    /// - Parameter now: the clock, in seconds since 1970.
    init(_ gallery: GalleryBox, now: @escaping @Sendable () -> Int64) {
        self.gallery = gallery
        latest = Mutex(Snapshot(gallery.current, now: now()))
        gallery.observe { [weak self] gallery in self?.show(gallery, at: now()) }
    }

    var current: Snapshot { latest.withLock { $0 } }

    /// Reports that an address of a medium no longer works, so that the next crawl replaces it.
    func reportExpired(_ media: Media) { gallery.reportExpired(media.url) }

    private func show(_ gallery: Gallery, at time: Int64) {
        let previous = current
        guard gallery.version > previous.gallery.version else { return }
        let snapshot = Snapshot(gallery, previous: previous, now: time)
        latest.withLock { latest in
            if snapshot.gallery.version > latest.gallery.version { latest = snapshot }
        }
    }
}

/// The pictures that `/latest` counts, newest first.
struct LatestPictures: Sendable {
    private let pictures: [Picture]
    /// When the pictures changed last, in seconds since 1970.
    private let changedAt: Int64

    /// - Returns: `nil` if the hashtags have no picture, regardless of the filter.
    init?(_ query: PostQuery, in snapshot: Snapshot) async {
        let lists = query.hashtags.compactMap(snapshot.list(of:)).filter { !$0.pictures.isEmpty }
        guard let first = lists.first else { return nil }
        changedAt = snapshot.changedAt(query.hashtags)
        pictures =
            query.hashtags.count == 1 && query.filter.isEmpty
            ? first.pictures : await snapshot.posts(for: query).compactMap(Picture.init(of:))
    }

    /// The n-th newest picture, 0 for the newest; `nil` beyond the last.
    subscript(n: Int) -> Picture? { pictures.indices.contains(n) ? pictures[n] : nil }

    /// The envelope with the address of the n-th newest picture; `nil` beyond the last.
    func envelope(_ n: Int) -> Representation? {
        self[n].map { .json(Envelope.ok($0.media.url).json, lastModified: changedAt, cache: .live) }
    }
}

extension Picture {
    /// Unchanged if only the signature of the upstream address changes; changes with the picture.
    var tag: EntityTag { EntityTag(of: "\(path)\n\(media.identity)".utf8) }
}
