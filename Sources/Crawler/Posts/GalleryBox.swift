import Synchronization

/// Holds the current ``Gallery``: the crawler replaces it, readers take it.
public final class GalleryBox: Sendable {
    private let gallery: Mutex<Gallery>

    /// - Parameter gallery: what is shown first.
    public init(_ gallery: Gallery) {
        self.gallery = Mutex(gallery)
    }

    /// The gallery that is shown at this moment.
    public var current: Gallery { gallery.withLock { $0 } }

    /// Replaces the gallery, unless the one in place is newer.
    public func replace(with new: Gallery) {
        gallery.withLock { if new.version > $0.version { $0 = new } }
    }
}
