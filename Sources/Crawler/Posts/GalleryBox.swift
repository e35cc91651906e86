import Synchronization

/// Holds the current ``Gallery``: the crawler replaces it, readers take it.
public final class GalleryBox: Sendable {
    private struct State {
        var gallery: Gallery
        var observers: [@Sendable (Gallery) -> Void] = []
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
    ///
    /// The observers run before this returns, on the caller's thread and outside the lock.
    public func replace(with new: Gallery) {
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
    public func observe(_ observer: @escaping @Sendable (Gallery) -> Void) {
        let gallery = state.withLock { state in
            state.observers.append(observer)
            return state.gallery
        }
        observer(gallery)
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
