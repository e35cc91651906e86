/// A large sun that goes down into the sea, and its glitter on the water.
struct Sea: Painting {
    private let sky: [Color]
    private let water: [Color]
    private let disc: [Color]
    private let horizon: Float
    private let center: SIMD2<Float>
    private let radius: Float
    private let stripes: Float
    private let seed: UInt32

    init(frame: PictureFrame, palette: Palette, dice: inout Dice) {
        sky = [palette.at(dice.between(0.3, 0.5)), palette.at(0.7), palette.at(0.92)]
        water = [palette.at(0.5), palette.at(0.22), palette.at(0)]
        disc = [palette.at(1).mixed(with: .white, 0.4), palette.at(0.68)]
        horizon = dice.between(0.56, 0.66)
        radius = dice.between(0.19, 0.26)
        center = [frame.aspect * dice.between(0.35, 0.65), horizon - radius * dice.between(0.1, 0.6)]
        stripes = dice.once(in: 3) ? 0 : Float(5 + dice.below(3))
        seed = UInt32(truncatingIfNeeded: dice.next())
    }

    func color(at place: Place) -> Color {
        place.y < horizon ? above(place) : below(place)
    }

    private func above(_ place: Place) -> Color {
        let height = place.y / horizon
        let air =
            height < 0.5
            ? sky[0].mixed(with: sky[1], height * 2)
            : sky[1].mixed(with: sky[2], height * 2 - 1)
        let offset = SIMD2(place.x, place.y) - center
        let distance = (offset * offset).sum().squareRoot()
        let glow = air.mixed(with: disc[0], 0.3 / (1 + 12 * distance * distance))
        let share = (offset.y / radius + 1) / 2
        let sun = disc[0].mixed(with: disc[1], min(max(share, 0), 1))
        return glow.mixed(with: sun, Wave.cover(radius - distance, place.pixel) * (1 - slit(share, place)))
    }

    /// The slits of a sun as posters have it: wider and closer towards its lower edge.
    private func slit(_ share: Float, _ place: Place) -> Float {
        guard stripes > 0, share > 0.45 else { return 0 }
        let position = (share - 0.45) * 1.8 * stripes
        let width = (share - 0.4) * 0.55
        let inside = width / 2 - abs(position - position.rounded(.down) - 0.5)
        return Wave.cover(inside, place.pixel / (2 * radius) * 1.8 * stripes)
    }

    private func below(_ place: Place) -> Color {
        let depth = (place.y - horizon) / (1 - horizon)
        let base =
            depth < 0.4
            ? water[0].mixed(with: water[1], depth / 0.4)
            : water[1].mixed(with: water[2], (depth - 0.4) / 0.6)
        // Glints are lenses, in rows that get higher towards the viewer.
        let row = (depth.squareRoot() * 22).rounded(.down)
        let share = depth.squareRoot() * 22 - row
        let lens = 1 - (2 * share - 1) * (2 * share - 1)
        let reach = radius * (0.35 + 0.85 * depth) * (0.45 + 0.75 * Wave.hash(Int(row), 1, seed))
        let shift = (Wave.hash(Int(row), 2, seed) - 0.5) * 0.12
        let inside = reach * lens.squareRoot() - abs(place.x - center.x - shift)
        let light = Wave.cover(inside, place.pixel * 3) * (0.85 - 0.45 * depth) * Wave.step(0, 0.35, lens)
        return ripples(base, depth, row, share, place).mixed(with: disc[0].mixed(with: disc[1], depth), light)
    }

    private func ripples(_ base: Color, _ depth: Float, _ row: Float, _ share: Float, _ place: Place) -> Color {
        let swell = Wave.sine(place.x * (2.2 - depth) + Wave.hash(Int(row), 3, seed) * 3)
        return base.mixed(with: sky[1], 0.16 * Wave.step(0.2, 0.9, swell) * share * (1 - share) * 4)
    }
}
