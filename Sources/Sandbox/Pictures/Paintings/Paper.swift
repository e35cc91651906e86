/// Layers of cut paper, one above the other: a landscape's contours, each with a shadow on the layer below.
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

    func color(at place: Place) -> Color {
        let height = height(place.x, place.y)
        let layer = min(max(height.rounded(.down), 0), Float(layers.count - 1))
        let color = layers[Int(layer)]
        guard Int(layer) + 1 < layers.count else { return color }
        // The light comes from the upper left: what is higher there throws a shadow on this place.
        let near = self.height(place.x - 0.012, place.y - 0.016)
        let shadow = Wave.step(-0.22, 0.12, near - (layer + 1))
        let shaded = color.lit(1 - 0.42 * shadow)
        // The edge of the next layer, smooth over one pixel: the height rises by `rise` a pixel.
        let rise = max(abs(self.height(place.x + place.pixel, place.y) - height), 0.012)
        let edge = Wave.cover(height - (layer + 1) + rise / 2, rise)
        return shaded.mixed(with: layers[Int(layer) + 1], edge)
    }

    /// The height of the landscape, in layers.
    private func height(_ x: Float, _ y: Float) -> Float {
        let bentX = x + bend * Wave.sine(y * stretch + shift.x) + 0.3 * bend * Wave.sine(y * 2.7 * stretch + shift.y)
        let bentY = y + bend * Wave.sine(x * stretch + shift.z) + 0.3 * bend * Wave.sine(x * 2.9 * stretch + shift.w)
        let offset = SIMD2(bentX, bentY) - center
        return (offset * offset).sum().squareRoot() * slope * Float(layers.count)
    }
}
