/// A planet among stars, with bands of cloud, a night side, and a moon or a ring.
struct Planet: Painting {
    private let sky: [Color]
    private let palette: Palette
    private let center: SIMD2<Float>
    private let radius: Float
    private let tilt: SIMD2<Float>
    private let bands: Float
    private let shift: Float
    private let hasRing: Bool
    private let moon: SIMD2<Float>
    private let seed: UInt32

    init(frame: PictureFrame, palette: Palette, dice: inout Dice) {
        self.palette = palette
        sky = [palette.at(0).lit(0.25), palette.at(0.2).lit(0.7)]
        hasRing = dice.once(in: 2)
        // Small enough for ring or moon to have room.
        radius = (hasRing ? dice.between(0.16, 0.22) : dice.between(0.2, 0.28)) * min(1, frame.aspect)
        center = [frame.aspect * dice.between(0.4, 0.6), dice.between(0.42, 0.58)]
        let angle = dice.between(-0.09, 0.09)
        tilt = [Wave.sine(angle + 0.25), Wave.sine(angle)]
        bands = dice.between(1.2, 2.4)
        shift = dice.unit()
        moon = center + SIMD2(radius * (dice.once(in: 2) ? 1.35 : -1.35), radius * dice.between(-1.2, -0.6))
        seed = UInt32(truncatingIfNeeded: dice.next())
    }

    func color(at place: Place) -> Color {
        let offset = SIMD2(place.x, place.y) - center
        // Turned so that the equator is level, in radii.
        let x = (offset.x * tilt.x + offset.y * tilt.y) / radius
        let y = (offset.y * tilt.x - offset.x * tilt.y) / radius
        let pixel = place.pixel / radius
        let distance = (x * x + y * y).squareRoot()
        let cover = Wave.cover(1 - distance, pixel)
        var color = cover < 1 ? background(place, distance) : .white
        if !hasRing { color = withMoon(color, place) }
        if cover > 0 { color = color.mixed(with: ball(x, y, distance), cover) }
        guard hasRing else { return color }
        // The ring's near half passes before the planet, its far half behind.
        let isHidden = y < 0 && distance < 1
        return isHidden ? color : color.mixed(with: palette.at(0.85), ring(x, y, pixel))
    }

    private func ball(_ x: Float, _ y: Float, _ distance: Float) -> Color {
        let depth = max(0, 1 - distance * distance).squareRoot()
        let bent = y + 0.05 * Wave.sine(x * 0.7 + y + shift) + 0.03 * Wave.sine(x * 1.9 - y * 2)
        let cloud = 0.55 + 0.25 * Wave.sine(bent * bands + shift) + 0.16 * Wave.sine(bent * bands * 2.7 + shift * 5)
        // The light comes from the upper left, a little from the front.
        let light = max(0, -0.62 * x - 0.5 * y + 0.6 * depth)
        return palette.at(cloud).lit(0.03 + 1.05 * light)
    }

    private func ring(_ x: Float, _ y: Float, _ pixel: Float) -> Float {
        let flat = y / 0.26
        let reach = (x * x + flat * flat).squareRoot()
        let body = Wave.cover(0.34 - abs(reach - 1.72), pixel * 2)
        let gap = 1 - 0.8 * Wave.cover(0.035 - abs(reach - 1.8), pixel * 2)
        return body * gap * (0.5 + 0.3 * Wave.sine(reach * 4.1))
    }

    private func withMoon(_ color: Color, _ place: Place) -> Color {
        let offset = (SIMD2(place.x, place.y) - moon) / (radius * 0.17)
        let distance = (offset * offset).sum().squareRoot()
        let depth = max(0, 1 - distance * distance).squareRoot()
        let light = max(0.03, -0.62 * offset.x - 0.5 * offset.y + 0.6 * depth)
        let body = palette.at(0.9).lit(light)
        return color.mixed(with: body, Wave.cover(1 - distance, place.pixel / (radius * 0.17)))
    }

    private func background(_ place: Place, _ distance: Float) -> Color {
        let air = sky[0].mixed(with: sky[1], place.y)
        let halo = air.mixed(with: palette.at(0.6), 0.25 * (1 - Wave.step(0.9, 1.5, distance)))
        // At most one star in each cell.
        let scaled = SIMD2(place.x, place.y) * 26
        let cell = scaled.rounded(.down)
        let chance = Wave.hash(Int(cell.x), Int(cell.y), seed)
        guard chance > 0.55 else { return halo }
        let left = Wave.hash(Int(cell.x), Int(cell.y), seed &+ 1)
        let top = Wave.hash(Int(cell.x), Int(cell.y), seed &+ 2)
        let offset = scaled - cell - (SIMD2(left, top) * 0.6 + 0.2)
        let size = 0.03 + 0.07 * (chance - 0.55)
        let inside = size - (offset * offset).sum().squareRoot()
        return halo.mixed(with: .white, Wave.cover(inside, place.pixel * 26) * (0.35 + chance * 0.6))
    }
}
