/// Truchet's tiles: each carries two quarter circles, turned one way or the other, and together they make paths.
struct Paths: Painting {
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

    func color(at place: Place) -> Color {
        let scaled = SIMD2(place.x, place.y) / cell + shift
        let corner = scaled.rounded(.down)
        var inner = scaled - corner
        if Wave.hash(Int(corner.x), Int(corner.y), seed) < 0.5 { inner.x = 1 - inner.x }
        let nearest = min(Self.length(inner), Self.length(1 - inner))
        let front = strokes[0].mixed(with: strokes[1], place.y)
        return ground.mixed(with: front, stroke(abs(nearest - 0.5), place.pixel / cell))
    }

    /// How much of a pixel is covered at a distance from a path's middle: a path has one to four lines.
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
