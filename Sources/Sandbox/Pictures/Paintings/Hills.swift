/// Ranges of hills under a low sun or moon: the farther, the paler; the nearest carries a wood.
struct Hills: Painting {
    /// Where each range begins, in every column; the farthest first.
    private let ridges: [[Float]]
    /// The trees that stand on the nearest range: how high, in every column.
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

    func color(at place: Place) -> Color {
        for layer in ridges.indices.reversed() {
            let depth = place.y - ridges[layer][place.column]
            let inside = layer == ridges.count - 1 ? depth + wood[place.column] : depth
            guard inside > -place.pixel else { continue }
            // Mist gathers towards the foot of a range.
            let foot = colors[layer].mixed(with: sky[2], Wave.step(0, 0.35, depth) * 0.3)
            if inside >= place.pixel { return foot }
            let behind = layer == 0 ? background(place) : colors[layer - 1]
            return behind.mixed(with: foot, Wave.cover(inside, place.pixel))
        }
        return background(place)
    }

    private func background(_ place: Place) -> Color {
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

    /// A range, at a depth from 0 for the farthest to 1.
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
            // A little roughness, which makes far ranges mountains.
            let rough = (Wave.noise(x * 24, seed) + 0.5 * Wave.noise(x * 60, seed)) * 0.016 * (1 - depth)
            return base - swing * sum / 1.6 - rough
        }
    }

    /// How high the trees are at a place: triangles in two rows.
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
