import Crawler
import Synchronization

/// The ``Snapshot`` of the current gallery, made by the first request that sees a new one.
final class SnapshotBox: Sendable {
    private let gallery: GalleryBox
    private let latest: Mutex<Snapshot>

    init(_ gallery: GalleryBox) {
        self.gallery = gallery
        latest = Mutex(Snapshot(gallery.current))
    }

    /// Says that the address of a medium leads nowhere any more, for the next crawl to find another.
    func reportExpired(_ media: Media) { gallery.reportExpired(media.url) }

    var current: Snapshot {
        let gallery = gallery.current
        return latest.withLock { snapshot in
            // A request may come here with a gallery that another one has already gone past.
            if gallery.version > snapshot.gallery.version { snapshot = Snapshot(gallery) }
            return snapshot
        }
    }
}
