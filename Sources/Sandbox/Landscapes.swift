/// Ranges of hills under a low sun or moon. Farther ranges are paler; the nearest carries a wood.
struct Hills: Painting {
    /// The upper edge of each range in every column, farthest first.
    private let ridges: [[Float]]
    /// The height of the trees on the nearest range in every column.
    private let wood: [Float]
    private let colors: [Color]
    private let sky: [Color]
    private let sun: SIMD2<Float>
    private let radius: Float
    private let disc: Color

    init(frame: PictureFrame, palette: Palette, dice: inout Dice) {
        let isNight = dice.once(in: 4)
        let count = 4 + dice.below(3)
        sky =
            isNight
            ? [palette.at(0.08), palette.at(0.3), palette.at(0.55)]
            : [palette.at(0.62), palette.at(0.84), palette.at(1)]
        disc = isNight ? palette.at(1) : palette.at(0.95).mixed(with: .white, 0.6)
        sun = [frame.aspect * dice.between(0.25, 0.75), dice.between(0.26, 0.42)]
        radius = dice.between(0.07, 0.12)
        let haze = sky[2].mixed(with: palette.at(0.6), isNight ? 0.2 : 0.35)
        colors = (0..<count).map { haze.mixed(with: palette.at(0), Float($0 + 1) / Float(count)) }
        ridges = (0..<count).map { layer in
            Self.ridge(depth: Float(layer) / Float(count - 1), frame: frame, dice: &dice)
        }
        let seed = UInt32(truncatingIfNeeded: dice.next())
        wood = (0..<frame.width).map { Self.tree(Float($0) / Float(frame.height), seed) }
    }

    func color(at place: CanvasPoint) -> Color {
        for layer in ridges.indices.reversed() {
            let depth = place.y - ridges[layer][place.column]
            let inside = layer == ridges.count - 1 ? depth + wood[place.column] : depth
            guard inside > -place.pixel else { continue }
            // Mist gathers at the foot of a range.
            let foot = colors[layer].mixed(with: sky[2], Wave.step(0, 0.35, depth) * 0.3)
            if inside >= place.pixel { return foot }
            let behind = layer == 0 ? background(place) : colors[layer - 1]
            return behind.mixed(with: foot, Wave.cover(inside, place.pixel))
        }
        return background(place)
    }

    private func background(_ place: CanvasPoint) -> Color {
        let height = place.y / 0.65
        let air =
            height < 0.55
            ? sky[0].mixed(with: sky[1], height / 0.55)
            : sky[1].mixed(with: sky[2], min(1, (height - 0.55) / 0.45))
        let offset = SIMD2(place.x, place.y) - sun
        let distance = (offset * offset).sum().squareRoot()
        let glow = air.mixed(with: disc, 0.5 / (1 + 30 * distance * distance))
        return glow.mixed(with: disc, Wave.cover(radius - distance, place.pixel))
    }

    /// Creates a range at a depth from 0 (farthest) to 1 (nearest).
    private static func ridge(depth: Float, frame: PictureFrame, dice: inout Dice) -> [Float] {
        let base = 0.46 + 0.42 * depth
        let swing = 0.09 - 0.03 * depth
        let waves = (1...4).map { octave in
            (stretch: Float(octave) * dice.between(0.35, 0.8), shift: dice.unit(), weight: 1 / Float(octave))
        }
        let seed = UInt32(truncatingIfNeeded: dice.next())
        return (0..<frame.width).map { column in
            let x = Float(column) / Float(frame.height)
            let sum = waves.reduce(0) { $0 + $1.weight * Wave.sine(x * $1.stretch + $1.shift) }
            // A little roughness makes far ranges look like mountains.
            let rough = (Wave.noise(x * 24, seed) + 0.5 * Wave.noise(x * 60, seed)) * 0.016 * (1 - depth)
            return base - swing * sum / 1.6 - rough
        }
    }

    /// The height of the trees at a place: triangles in two rows.
    private static func tree(_ x: Float, _ seed: UInt32) -> Float {
        [Float(0.017), 0.026].enumerated().map { row, width in
            let cell = (x / width).rounded(.down)
            let chance = Wave.hash(Int(cell), row, seed)
            guard chance > 0.25 else { return 0 }
            let side = abs(x / width - cell - 0.5) * 2
            return (1 - side) * (0.018 + 0.045 * chance)
        }
        .max() ?? 0
    }
}

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
        // Leaves space for a ring or a moon.
        radius = (hasRing ? dice.between(0.16, 0.22) : dice.between(0.2, 0.28)) * min(1, frame.aspect)
        center = [frame.aspect * dice.between(0.4, 0.6), dice.between(0.42, 0.58)]
        let angle = dice.between(-0.09, 0.09)
        tilt = [Wave.sine(angle + 0.25), Wave.sine(angle)]
        bands = dice.between(1.2, 2.4)
        shift = dice.unit()
        moon = center + SIMD2(radius * (dice.once(in: 2) ? 1.35 : -1.35), radius * dice.between(-1.2, -0.6))
        seed = UInt32(truncatingIfNeeded: dice.next())
    }

    func color(at place: CanvasPoint) -> Color {
        let offset = SIMD2(place.x, place.y) - center
        // Rotates the place so that the equator is level; in radii.
        let x = (offset.x * tilt.x + offset.y * tilt.y) / radius
        let y = (offset.y * tilt.x - offset.x * tilt.y) / radius
        let pixel = place.pixel / radius
        let distance = (x * x + y * y).squareRoot()
        let cover = Wave.cover(1 - distance, pixel)
        var color = cover < 1 ? background(place, distance) : .white
        if !hasRing { color = withMoon(color, place) }
        if cover > 0 { color = color.mixed(with: ball(x, y, distance), cover) }
        guard hasRing else { return color }
        // The near half of the ring passes in front of the planet, the far half behind it.
        let isHidden = y < 0 && distance < 1
        return isHidden ? color : color.mixed(with: palette.at(0.85), ring(x, y, pixel))
    }

    private func ball(_ x: Float, _ y: Float, _ distance: Float) -> Color {
        let depth = max(0, 1 - distance * distance).squareRoot()
        let bent = y + 0.05 * Wave.sine(x * 0.7 + y + shift) + 0.03 * Wave.sine(x * 1.9 - y * 2)
        let cloud = 0.55 + 0.25 * Wave.sine(bent * bands + shift) + 0.16 * Wave.sine(bent * bands * 2.7 + shift * 5)
        // The light comes from the upper left, slightly from the front.
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

    private func withMoon(_ color: Color, _ place: CanvasPoint) -> Color {
        let offset = (SIMD2(place.x, place.y) - moon) / (radius * 0.17)
        let distance = (offset * offset).sum().squareRoot()
        let depth = max(0, 1 - distance * distance).squareRoot()
        let light = max(0.03, -0.62 * offset.x - 0.5 * offset.y + 0.6 * depth)
        let body = palette.at(0.9).lit(light)
        return color.mixed(with: body, Wave.cover(1 - distance, place.pixel / (radius * 0.17)))
    }

    private func background(_ place: CanvasPoint, _ distance: Float) -> Color {
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

/// A large sun that sets over the sea, with its glitter on the water.
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

    func color(at place: CanvasPoint) -> Color {
        place.y < horizon ? above(place) : below(place)
    }

    private func above(_ place: CanvasPoint) -> Color {
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

    /// The horizontal slits of a sun on a poster: wider and closer together towards the lower edge.
    private func slit(_ share: Float, _ place: CanvasPoint) -> Float {
        guard stripes > 0, share > 0.45 else { return 0 }
        let position = (share - 0.45) * 1.8 * stripes
        let width = (share - 0.4) * 0.55
        let inside = width / 2 - abs(position - position.rounded(.down) - 0.5)
        return Wave.cover(inside, place.pixel / (2 * radius) * 1.8 * stripes)
    }

    private func below(_ place: CanvasPoint) -> Color {
        let depth = (place.y - horizon) / (1 - horizon)
        let base =
            depth < 0.4
            ? water[0].mixed(with: water[1], depth / 0.4)
            : water[1].mixed(with: water[2], (depth - 0.4) / 0.6)
        // Glints are lenses in rows that become higher towards the viewer.
        let row = (depth.squareRoot() * 22).rounded(.down)
        let share = depth.squareRoot() * 22 - row
        let lens = 1 - (2 * share - 1) * (2 * share - 1)
        let reach = radius * (0.35 + 0.85 * depth) * (0.45 + 0.75 * Wave.hash(Int(row), 1, seed))
        let shift = (Wave.hash(Int(row), 2, seed) - 0.5) * 0.12
        let inside = reach * lens.squareRoot() - abs(place.x - center.x - shift)
        let light = Wave.cover(inside, place.pixel * 3) * (0.85 - 0.45 * depth) * Wave.step(0, 0.35, lens)
        return ripples(base, depth, row, share, place).mixed(with: disc[0].mixed(with: disc[1], depth), light)
    }

    private func ripples(_ base: Color, _ depth: Float, _ row: Float, _ share: Float, _ place: CanvasPoint) -> Color {
        let swell = Wave.sine(place.x * (2.2 - depth) + Wave.hash(Int(row), 3, seed) * 3)
        return base.mixed(with: sky[1], 0.16 * Wave.step(0.2, 0.9, swell) * share * (1 - share) * 4)
    }
}

/// Broad overlapping waves, each with a bright crest and a shadow on the wave behind it.
struct Waves: Painting {
    /// The crest of each wave in every column, farthest first.
    private let crests: [[Float]]
    private let colors: [(top: Color, bottom: Color)]
    private let sky: Color
    private let light: Color
    private let band: Float

    init(frame: PictureFrame, palette: Palette, dice: inout Dice) {
        let count = 6 + dice.below(4)
        let band = 0.95 / Float(count)
        let isDarkAbove = dice.once(in: 3)
        let turn = dice.between(0.6, 1.3) / max(1, frame.aspect)
        sky = palette.at(isDarkAbove ? 0.05 : 1)
        light = palette.at(1).mixed(with: .white, 0.5)
        colors = (0..<count).map { layer in
            let depth = (Float(layer) + 0.6) / Float(count)
            let tone = isDarkAbove ? depth : 1 - depth
            return (palette.at(tone), palette.at(tone - 0.22))
        }
        crests = (0..<count).map { layer in
            let (shift, other) = (dice.unit(), dice.unit())
            let height = band * dice.between(0.55, 0.85)
            return (0..<frame.width).map { column in
                let x = Float(column) / Float(frame.height)
                let swing = Wave.sine(x * turn + shift) + 0.45 * Wave.sine(x * turn * 2.1 + other)
                return (Float(layer) + 0.85) * band + 0.04 - height * swing * 0.75
            }
        }
        self.band = band
    }

    func color(at place: CanvasPoint) -> Color {
        for layer in crests.indices.reversed() {
            let inside = place.y - crests[layer][place.column]
            guard inside > -place.pixel else { continue }
            let front = tint(layer, inside, place)
            if inside >= place.pixel { return front }
            let behind = layer == 0 ? sky : tint(layer - 1, place.y - crests[layer - 1][place.column], place)
            return behind.mixed(with: front, Wave.cover(inside, place.pixel))
        }
        return sky
    }

    private func tint(_ layer: Int, _ inside: Float, _ place: CanvasPoint) -> Color {
        let body = colors[layer].top.mixed(with: colors[layer].bottom, Wave.step(0, band * 2.2, inside))
        // The wave in front casts a shadow on this one, above its own crest.
        let gap = layer + 1 < crests.count ? crests[layer + 1][place.column] - place.y : 1
        let shaded = body.lit(1 - 0.35 * (1 - Wave.step(0, band * 0.5, gap)))
        let crest = Wave.cover(0.006 - inside, place.pixel) * 0.8
        return shaded.mixed(with: light, crest)
    }
}
