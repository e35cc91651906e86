import Synchronization

/// Holds the current ``Gallery``: the crawler replaces it, readers take it.
public final class GalleryBox: Sendable {
    private struct State {
        var gallery: Gallery
        var watchers: [Int: AsyncStream<Gallery>.Continuation] = [:]
        var lastWatcher = 0
        var expired: Set<String> = []
    }

    /// More addresses than a crawl can mend are no use to remember.
    private static let expiredLimit = 1_000

    private let state: Mutex<State>

    /// - Parameter gallery: what is shown first.
    public init(_ gallery: Gallery) {
        state = Mutex(State(gallery: gallery))
    }

    /// The gallery that is shown at this moment.
    public var current: Gallery { state.withLock { $0.gallery } }

    /// Replaces the gallery, unless the one in place is newer.
    public func replace(with new: Gallery) {
        state.withLock { state in
            guard new.version > state.gallery.version else { return }
            state.gallery = new
            for watcher in state.watchers.values { watcher.yield(new) }
        }
    }

    /// Says that an address of a medium leads nowhere any more: as soon as a source gives another one, that is shown.
    public func reportExpired(_ url: String) {
        state.withLock { state in
            if state.expired.count >= Self.expiredLimit { state.expired = [] }
            state.expired.insert(url)
        }
    }

    /// The addresses of media that were reported to lead nowhere.
    var expired: Set<String> { state.withLock { $0.expired } }

    /// The current gallery, and then each that replaces it. Whoever takes them slowly misses those in between, never
    /// the newest.
    public var changes: AsyncStream<Gallery> {
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
