/// A halftone print: dots on a turned grid, whose sizes follow a field of light.
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

    func color(at place: Place) -> Color {
        let x = (place.x * turn.x - place.y * turn.y) / cell
        let y = (place.x * turn.y + place.y * turn.x) / cell
        let (middleX, middleY) = (x.rounded(.down) + 0.5, y.rounded(.down) + 0.5)
        // The light is taken at the dot's middle, so that dots are round.
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
