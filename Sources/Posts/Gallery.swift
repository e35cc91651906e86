import Synchronization

/// An immutable list of the shown posts of every hashtag.
///
/// A crawl that changes something puts a new gallery into the ``GalleryBox``; a request uses the current one until its
/// response is complete.
package struct Gallery: Sendable, Equatable {
    /// The configured hashtags, in the operator's order: the first is the one of `/latest`.
    package let hashtags: [Hashtag]
    /// The posts of each hashtag, newest first.
    package let posts: [Hashtag: [Post]]
    /// Grows with every change, and so identifies values that are derived from this gallery.
    package let version: UInt64

    /// - Parameters:
    ///   - hashtags: the configured hashtags, in order.
    ///   - posts: their posts in any order.
    ///   - version: larger than that of every gallery shown before.
    package init(hashtags: [Hashtag], posts: [Hashtag: [Post]] = [:], version: UInt64 = 0) {
        self.hashtags = hashtags
        self.posts = posts.mapValues { $0.newestFirst() }
        self.version = version
    }

    /// This gallery with the posts of one hashtag replaced; the other lists are shared.
    ///
    /// - Parameters:
    ///   - posts: the posts of the hashtag in any order.
    ///   - hashtag: the hashtag.
    ///   - hashtags: the configured hashtags, in order; the posts of others are dropped.
    /// - Returns: `nil` if that changes nothing.
    package func replacing(_ posts: some Sequence<Post>, of hashtag: Hashtag, hashtags: [Hashtag]) -> Gallery? {
        let posts = posts.newestFirst()
        guard posts != self[hashtag] || hashtags != self.hashtags else { return nil }
        var lists = self.posts
        lists[hashtag] = posts
        for other in lists.keys where !hashtags.contains(other) { lists[other] = nil }
        return Gallery(hashtags: hashtags, sorted: lists, version: version + 1)
    }

    private init(hashtags: [Hashtag], sorted: [Hashtag: [Post]], version: UInt64) {
        self.hashtags = hashtags
        self.posts = sorted
        self.version = version
    }

    /// The posts of one hashtag, newest first; empty if it is not configured.
    package subscript(hashtag: Hashtag) -> [Post] { posts[hashtag] ?? [] }
}

/// Holds the current ``Gallery``: the crawler replaces it, requests read it.
package final class GalleryBox: Sendable {
    private struct State {
        var gallery: Gallery
        var observers: [@Sendable (Gallery) -> Void] = []
        var watchers: [Int: AsyncStream<Gallery>.Continuation] = [:]
        var lastWatcher = 0
        var expired: Set<String> = []
    }

    /// No crawl could refresh more addresses than this.
    private static let expiredLimit = 1_000

    private let state: Mutex<State>

    /// - Parameter gallery: the first gallery.
    package init(_ gallery: Gallery) {
        state = Mutex(State(gallery: gallery))
    }

    /// The current gallery.
    package var current: Gallery { state.withLock { $0.gallery } }

    /// Replaces the gallery, unless the one in place is newer.
    ///
    /// The observers run before this returns, on the caller's thread and outside the lock.
    package func replace(with new: Gallery) {
        let observers = state.withLock { state -> [@Sendable (Gallery) -> Void] in
            guard new.version > state.gallery.version else { return [] }
            state.gallery = new
            return state.observers
        }
        for observer in observers { observer(new) }
        state.withLock { state in
            guard state.gallery.version == new.version else { return }
            for watcher in state.watchers.values { watcher.yield(new) }
        }
    }

    /// Calls `observer` with the current gallery, and then with each one that replaces it, for as long as the box lives.
    ///
    /// Two replacements at the same time may call it in either order: it compares versions.
    package func observe(_ observer: @escaping @Sendable (Gallery) -> Void) {
        let gallery = state.withLock { state in
            state.observers.append(observer)
            return state.gallery
        }
        observer(gallery)
    }

    /// Reports that an address of a medium no longer works: a new one is shown as soon as a source sends it.
    package func reportExpired(_ url: String) {
        state.withLock { state in
            if state.expired.count >= Self.expiredLimit { state.expired = [] }
            state.expired.insert(url)
        }
    }

    /// The addresses of media that were reported as expired.
    package var expired: Set<String> { state.withLock { $0.expired } }

    /// The current gallery, and then each that replaces it. A slow consumer misses intermediate ones, never the newest.
    package var changes: AsyncStream<Gallery> {
        let (stream, continuation) = AsyncStream.makeStream(of: Gallery.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastWatcher += 1
            state.watchers[state.lastWatcher] = continuation
            continuation.yield(state.gallery)
            return state.lastWatcher
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.watchers[number] = nil }
        }
        return stream
    }
}
