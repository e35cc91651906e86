/// Broad waves, one before the other, each with a bright crest and a shadow on the one behind.
struct Waves: Painting {
    /// The crest of each wave in every column; the farthest first.
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

    func color(at place: Place) -> Color {
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

    private func tint(_ layer: Int, _ inside: Float, _ place: Place) -> Color {
        let body = colors[layer].top.mixed(with: colors[layer].bottom, Wave.step(0, band * 2.2, inside))
        // The shadow of the wave in front falls on this one, above its crest.
        let gap = layer + 1 < crests.count ? crests[layer + 1][place.column] - place.y : 1
        let shaded = body.lit(1 - 0.35 * (1 - Wave.step(0, band * 0.5, gap)))
        let crest = Wave.cover(0.006 - inside, place.pixel) * 0.8
        return shaded.mixed(with: light, crest)
    }
}
