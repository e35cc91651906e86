/// The size of a picture, in pixels.
struct PictureFrame: Sendable, Hashable {
    let width: Int
    let height: Int

    /// Width over height.
    var aspect: Float { Float(width) / Float(height) }

    /// Square, portrait (4:5) and landscape (1.91:1): what Instagram shows in a feed.
    static let all = [
        PictureFrame(width: 640, height: 640),
        PictureFrame(width: 640, height: 800),
        PictureFrame(width: 640, height: 336),
    ]

    /// The size of the picture of an id.
    init(of id: some CustomStringConvertible) {
        var dice = Dice(seed: id.description, position: 5)
        self = dice.pick([Self.all[0], Self.all[0], Self.all[1], Self.all[1], Self.all[2]])
    }

    /// A size.
    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}
