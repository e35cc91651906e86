/// A grid of simple shapes in few colours, after the posters of the Bauhaus.
struct Tiles: Painting {
    /// One tile: what is on it and which way it is turned.
    private struct Tile {
        let shape: Int
        let turns: Int
        let ground: Color
        let figure: Color
    }

    private let tiles: [Tile]
    private let columns: Int
    private let rows: Int
    private let cell: SIMD2<Float>

    init(frame: PictureFrame, palette: Palette, dice: inout Dice) {
        columns = dice.pick([4, 8, 10])
        // Whole rows: tiles are a little higher or lower than wide where they have to.
        rows = max(1, Int((Float(columns) / frame.aspect).rounded()))
        cell = [frame.aspect / Float(columns), 1 / Float(rows)]
        let inks = palette.colors
        tiles = (0..<columns * rows).map { _ in
            let ground = dice.below(inks.count)
            // Another colour than the ground's.
            let figure = (ground + 1 + dice.below(inks.count - 1)) % inks.count
            return Tile(shape: dice.below(8), turns: dice.below(4), ground: inks[ground], figure: inks[figure])
        }
    }

    func color(at place: Place) -> Color {
        let column = min(Int(place.x / cell.x), columns - 1)
        let row = min(Int(place.y / cell.y), rows - 1)
        let tile = tiles[row * columns + column]
        var x = place.x / cell.x - Float(column)
        var y = place.y / cell.y - Float(row)
        if tile.turns & 1 == 1 { x = 1 - x }
        if tile.turns & 2 == 2 { y = 1 - y }
        let inside = Self.inside(tile.shape, x, y)
        return tile.ground.mixed(with: tile.figure, Wave.cover(inside, place.pixel / cell.y))
    }

    /// The distance from a shape's edge inwards, in tiles.
    private static func inside(_ shape: Int, _ x: Float, _ y: Float) -> Float {
        let fromCorner = (x * x + y * y).squareRoot()
        let fromOther = ((1 - x) * (1 - x) + (1 - y) * (1 - y)).squareRoot()
        let fromCenter = ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)).squareRoot()
        let fromSide = ((x - 0.5) * (x - 0.5) + y * y).squareRoot()
        return switch shape {
        case 0, 1: 1 - fromCorner
        case 2: min(1 - fromCorner, 1 - fromOther)
        case 3: 0.36 - fromCenter
        case 4: 0.5 - fromSide
        case 5: (1 - x - y) * 0.7071
        case 6: 0.17 - abs(fromCorner - 0.66)
        default: max(0.2 - fromCenter, 0.06 - abs(fromCenter - 0.38))
        }
    }
}
