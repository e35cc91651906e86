/// Folds of cloth: shears that bend one another, looked up in the palette.
struct Silk: Painting {
    /// Steps too fine to be seen, which keep the file a third as large.
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
        // The cloth is smooth: between the points it is as good as straight, and four times as cheap.
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

    func color(at place: Place) -> Color {
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
