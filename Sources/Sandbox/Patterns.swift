/// A halftone print: dots on a rotated grid, sized by a field of light.
struct Dots: Painting {
    private let ground: Color
    private let inks: [Color]
    private let turn: SIMD2<Float>
    private let cell: Float
    private let center: SIMD2<Float>
    private let rings: Float
    private let bend: Float

    init(frame: PictureFrame, palette: Palette, dice: inout Dice) {
        let isDark = dice.once(in: 2)
        ground = palette.at(isDark ? 0 : 1)
        inks = isDark ? [palette.at(0.5), palette.at(1)] : [palette.at(0.55), palette.at(0.05)]
        let angle = dice.between(0.03, 0.15)
        turn = [Wave.sine(angle + 0.25), Wave.sine(angle)]
        cell = 1 / dice.between(14, 26)
        center = [frame.aspect * dice.between(0.2, 0.8), dice.between(0.2, 0.8)]
        rings = dice.between(0.7, 1.6)
        bend = dice.between(0.1, 0.35)
    }

    func color(at place: CanvasPoint) -> Color {
        let x = (place.x * turn.x - place.y * turn.y) / cell
        let y = (place.x * turn.y + place.y * turn.x) / cell
        let (middleX, middleY) = (x.rounded(.down) + 0.5, y.rounded(.down) + 0.5)
        // Sampling the light at the centre of the dot keeps dots round.
        let dotX = (middleX * turn.x + middleY * turn.y) * cell
        let dotY = (middleY * turn.x - middleX * turn.y) * cell
        let strength = light(dotX, dotY)
        let distance = ((x - middleX) * (x - middleX) + (y - middleY) * (y - middleY)).squareRoot()
        let ink = inks[0].mixed(with: inks[1], strength)
        return ground.mixed(with: ink, Wave.cover(0.06 + 0.44 * strength - distance, place.pixel / cell))
    }

    private func light(_ x: Float, _ y: Float) -> Float {
        let offset = SIMD2(x, y) - center
        let distance = (offset * offset).sum().squareRoot()
        let wave = Wave.sine(distance * rings + bend * Wave.sine(x * 1.2 + y * 0.5) - 0.25)
        return 0.5 - 0.5 * wave
    }
}

/// Layers of cut paper like a contour map, each with a shadow on the layer below.
struct Paper: Painting {
    private let layers: [Color]
    private let stretch: Float
    private let slope: Float
    private let bend: Float
    private let shift: SIMD4<Float>
    private let center: SIMD2<Float>

    init(frame: PictureFrame, palette: Palette, dice: inout Dice) {
        let count = 7 + dice.below(4)
        let isDarkBelow = dice.once(in: 2)
        layers = (0..<count).map { layer in
            let tone = Float(layer) / Float(count - 1)
            return palette.at(isDarkBelow ? tone : 1 - tone)
        }
        stretch = dice.between(0.7, 1.2)
        slope = 1.35 / max(1, frame.aspect * 0.75)
        bend = dice.between(0.12, 0.24)
        shift = [dice.unit(), dice.unit(), dice.unit(), dice.unit()]
        center = [frame.aspect * dice.between(0.3, 0.7), dice.between(0.3, 0.7)]
    }

    func color(at place: CanvasPoint) -> Color {
        let height = height(place.x, place.y)
        let layer = min(max(height.rounded(.down), 0), Float(layers.count - 1))
        let color = layers[Int(layer)]
        guard Int(layer) + 1 < layers.count else { return color }
        // The light comes from the upper left: higher layers there cast a shadow on this place.
        let near = self.height(place.x - 0.012, place.y - 0.016)
        let shadow = Wave.step(-0.22, 0.12, near - (layer + 1))
        let shaded = color.lit(1 - 0.42 * shadow)
        // Smooths the edge of the next layer over one pixel, in which the height rises by `rise`.
        let rise = max(abs(self.height(place.x + place.pixel, place.y) - height), 0.012)
        let edge = Wave.cover(height - (layer + 1) + rise / 2, rise)
        return shaded.mixed(with: layers[Int(layer) + 1], edge)
    }

    /// The height of the landscape in layers.
    private func height(_ x: Float, _ y: Float) -> Float {
        let bentX = x + bend * Wave.sine(y * stretch + shift.x) + 0.3 * bend * Wave.sine(y * 2.7 * stretch + shift.y)
        let bentY = y + bend * Wave.sine(x * stretch + shift.z) + 0.3 * bend * Wave.sine(x * 2.9 * stretch + shift.w)
        let offset = SIMD2(bentX, bentY) - center
        return (offset * offset).sum().squareRoot() * slope * Float(layers.count)
    }
}

/// Truchet's tiles: each carries two quarter circles in one of two directions, which join to paths.
struct TruchetTiles: Painting {
    private let ground: Color
    private let strokes: [Color]
    private let cell: Float
    private let lines: Int
    private let seed: UInt32
    private let shift: SIMD2<Float>

    init(frame: PictureFrame, palette: Palette, dice: inout Dice) {
        let isDark = dice.once(in: 2)
        ground = palette.at(isDark ? 0 : 1)
        strokes = isDark ? [palette.at(0.95), palette.at(0.6)] : [palette.at(0.1), palette.at(0.5)]
        cell = 1 / dice.between(3.2, 6)
        lines = 1 + dice.below(4)
        seed = UInt32(truncatingIfNeeded: dice.next())
        shift = [dice.unit(), dice.unit()]
    }

    func color(at place: CanvasPoint) -> Color {
        let scaled = SIMD2(place.x, place.y) / cell + shift
        let corner = scaled.rounded(.down)
        var inner = scaled - corner
        if Wave.hash(Int(corner.x), Int(corner.y), seed) < 0.5 { inner.x = 1 - inner.x }
        let nearest = min(Self.length(inner), Self.length(1 - inner))
        let front = strokes[0].mixed(with: strokes[1], place.y)
        return ground.mixed(with: front, stroke(abs(nearest - 0.5), place.pixel / cell))
    }

    /// How much of a pixel is covered at a distance from the middle of a path. A path has one to four lines.
    private func stroke(_ distance: Float, _ pixel: Float) -> Float {
        let half: Float = lines == 1 ? 0.16 : 0.36
        let pitch = half * 2 / (Float(lines) * 2 - 1)
        guard distance < half + pixel else { return 0 }
        let position = (distance + half) / pitch
        let phase = position - 2 * (position / 2).rounded(.down)
        return Wave.cover(0.5 - abs(phase - 0.5), pixel / pitch)
    }

    private static func length(_ vector: SIMD2<Float>) -> Float {
        (vector * vector).sum().squareRoot()
    }
}

/// Folds of cloth: repeated shears, mapped to the palette.
struct Silk: Painting {
    /// Steps that are too fine to see, but reduce the file to a third.
    private let tones: [Color]
    /// The tone at every second pixel of every second row, from 0 to the number of tones.
    private let field: [Float]
    private let stride: Int

    init(frame: PictureFrame, palette: Palette, dice: inout Dice) {
        tones = (0..<128).map { palette.at(Float($0) / 127) }
        let turns = dice.unit()
        let turn = SIMD2(Wave.sine(turns + 0.25), Wave.sine(turns))
        let stretch = dice.between(0.55, 1.1) / max(1, frame.aspect)
        let bend = dice.between(0.22, 0.4)
        let shift = SIMD4(dice.unit(), dice.unit(), dice.unit(), dice.unit())
        stride = frame.width / 2 + 2
        var field: [Float] = []
        field.reserveCapacity(stride * (frame.height / 2 + 2))
        // The cloth is smooth enough to interpolate between every second point, which costs a quarter.
        for row in 0..<frame.height / 2 + 2 {
            let up = Float(2 * row) / Float(frame.height)
            for column in 0..<stride {
                let across = Float(2 * column) / Float(frame.height)
                var x = (across * turn.x - up * turn.y) * stretch
                var y = (across * turn.y + up * turn.x) * stretch
                x += bend * Wave.sine(y * 0.9 + shift.x)
                y += bend * Wave.sine(x * 1.1 + shift.y)
                x += bend * 0.5 * Wave.sine(y * 1.9 + shift.z)
                y += bend * 0.5 * Wave.sine(x * 2.3 + shift.w)
                let fold = Wave.sine(x * 1.3 + y * 0.7)
                let sheen = Wave.sine(y * 2.2 + x * 0.4 + fold * 0.2)
                field.append((0.5 + 0.38 * fold + 0.14 * sheen) * 128)
            }
        }
        self.field = field
    }

    func color(at place: CanvasPoint) -> Color {
        let corner = place.row / 2 * stride + place.column / 2
        var tone = field[corner]
        switch (place.column & 1, place.row & 1) {
        case (0, 0): break
        case (1, 0): tone = (tone + field[corner + 1]) / 2
        case (0, _): tone = (tone + field[corner + stride]) / 2
        default: tone = (tone + field[corner + 1] + field[corner + stride] + field[corner + stride + 1]) / 4
        }
        return tones[min(max(Int(tone), 0), tones.count - 1)]
    }
}

/// A grid of simple shapes in few colours, like posters of the Bauhaus.
struct Tiles: Painting {
    /// The shape of a tile and its direction.
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
        // Rows must be complete, so tiles may be slightly higher or lower than wide.
        rows = max(1, Int((Float(columns) / frame.aspect).rounded()))
        cell = [frame.aspect / Float(columns), 1 / Float(rows)]
        let inks = palette.colors
        tiles = (0..<columns * rows).map { _ in
            let ground = dice.below(inks.count)
            // A colour that differs from the ground's.
            let figure = (ground + 1 + dice.below(inks.count - 1)) % inks.count
            return Tile(shape: dice.below(8), turns: dice.below(4), ground: inks[ground], figure: inks[figure])
        }
    }

    func color(at place: CanvasPoint) -> Color {
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

    /// The distance from the edge of a shape inwards, in tiles.
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
