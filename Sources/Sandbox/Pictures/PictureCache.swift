import Hummingbird
import Synchronization

/// The pictures that were asked for last, encoded.
final class PictureCache: Sendable {
    private struct Shelf {
        var pictures: [String: ByteBuffer] = [:]
        /// The least recently used first.
        var order: [String] = []

        mutating func use(_ id: String) -> ByteBuffer? {
            guard let picture = pictures[id] else { return nil }
            order.removeAll { $0 == id }
            order.append(id)
            return picture
        }

        mutating func keep(_ picture: ByteBuffer, for id: String, capacity: Int) {
            order.removeAll { $0 == id }
            order.append(id)
            pictures[id] = picture
            while order.count > capacity {
                pictures[order.removeFirst()] = nil
            }
        }
    }

    private let capacity: Int
    private let shelf = Mutex(Shelf())

    /// A cache of at most `capacity` pictures, 1 or more.
    init(capacity: Int = 64) {
        self.capacity = max(1, capacity)
    }

    /// The picture of an id, from the cache or painted now. Painting holds no lock: two who ask for the same new
    /// picture at once both paint it.
    func picture(of id: String) throws(PNGError) -> ByteBuffer {
        if let cached = shelf.withLock({ $0.use(id) }) { return cached }
        let painted = ByteBuffer(bytes: try PNGEncoder.encode(Canvas(pictureOf: id)))
        shelf.withLock { $0.keep(painted, for: id, capacity: capacity) }
        return painted
    }

    /// The ids in the cache, the least recently used first.
    var ids: [String] { shelf.withLock(\.order) }
}
