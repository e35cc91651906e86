import Hummingbird
import Synchronization

/// A picture as a function from a place to a colour.
protocol Painting: Sendable {
    /// Chooses everything that does not depend on the place.
    init(frame: PictureFrame, palette: Palette, dice: inout Dice)

    /// The colour of one pixel.
    func color(at place: CanvasPoint) -> Color
}

/// The subject of a picture. The raw values are positions in ``Phrasebook/subjects``.
enum Motif: Int, Sendable, CaseIterable {
    case hills, sea, waves, paths, tiles, silk, dots, planet, paper

    /// The motif of the picture with this ID.
    init(of id: String) {
        var dice = Dice(seed: id, position: 4)
        self = dice.pick(Self.allCases)
    }
}

/// A place in a picture.
struct CanvasPoint: Sendable {
    /// The pixel's column and row, counted from the upper left corner.
    let column: Int
    let row: Int

    /// The centre of the pixel in units of the picture's height: `y` from 0 at the top to 1, `x` from 0 to the aspect.
    let x: Float
    let y: Float

    /// The width of a pixel, in the same unit.
    let pixel: Float
}

/// The size of a picture, in pixels.
struct PictureFrame: Sendable, Hashable {
    let width: Int
    let height: Int

    /// Width divided by height.
    var aspect: Float { Float(width) / Float(height) }

    /// Square, portrait (4:5) and landscape (1.91:1), the formats of Instagram's feed.
    static let all = [
        PictureFrame(width: 640, height: 640),
        PictureFrame(width: 640, height: 800),
        PictureFrame(width: 640, height: 336),
    ]

    /// The size of the picture with this ID.
    init(of id: some CustomStringConvertible) {
        var dice = Dice(seed: id.description, position: 5)
        self = dice.pick([Self.all[0], Self.all[0], Self.all[1], Self.all[1], Self.all[2]])
    }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// A cache of encoded pictures, which drops the least recently used.
final class PictureCache: Sendable {
    private struct Shelf {
        var pictures: [String: ByteBuffer] = [:]
        /// The IDs, least recently used first.
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

    /// - Parameter capacity: the largest number of pictures, at least 1.
    init(capacity: Int = 64) {
        self.capacity = max(1, capacity)
    }

    /// Returns the picture of an ID, and paints it if it is not in the cache. Painting holds no lock, so two concurrent
    /// requests for a new picture both paint it.
    func picture(of id: String) throws(PNGError) -> ByteBuffer {
        if let cached = shelf.withLock({ $0.use(id) }) { return cached }
        let painted = ByteBuffer(bytes: try PNGEncoder.encode(Canvas(pictureOf: id)))
        shelf.withLock { $0.keep(painted, for: id, capacity: capacity) }
        return painted
    }

    /// The IDs in the cache, least recently used first.
    var ids: [String] { shelf.withLock(\.order) }
}
