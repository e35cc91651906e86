/// The pixels of a finished picture.
struct Canvas: Sendable {
    let frame: PictureFrame

    /// Red, green and blue of each pixel, row by row from the top.
    private(set) var bytes: [UInt8]

    /// Paints a picture.
    init(frame: PictureFrame, _ painting: some Painting) {
        self.frame = frame
        var bytes = [UInt8](repeating: 0, count: frame.width * frame.height * 3)
        let pixel = 1 / Float(frame.height)
        var index = 0
        for row in 0..<frame.height {
            let y = (Float(row) + 0.5) * pixel
            for column in 0..<frame.width {
                let x = (Float(column) + 0.5) * pixel
                let place = CanvasPoint(column: column, row: row, x: x, y: y, pixel: pixel)
                painting.color(at: place).write(to: &bytes, at: index)
                index += 3
            }
        }
        self.bytes = bytes
    }

    /// Paints the picture of an ID.
    init(pictureOf id: String) {
        self.init(motif: Motif(of: id), frame: PictureFrame(of: id), seed: id)
    }

    init(motif: Motif, frame: PictureFrame, seed: String) {
        var dice = Dice(seed: seed, position: 6)
        let palette = dice.pick(Palette.all)
        switch motif {
        case .hills: self.init(frame: frame, Hills(frame: frame, palette: palette, dice: &dice))
        case .sea: self.init(frame: frame, Sea(frame: frame, palette: palette, dice: &dice))
        case .waves: self.init(frame: frame, Waves(frame: frame, palette: palette, dice: &dice))
        case .paths: self.init(frame: frame, TruchetTiles(frame: frame, palette: palette, dice: &dice))
        case .tiles: self.init(frame: frame, Tiles(frame: frame, palette: palette, dice: &dice))
        case .silk: self.init(frame: frame, Silk(frame: frame, palette: palette, dice: &dice))
        case .dots: self.init(frame: frame, Dots(frame: frame, palette: palette, dice: &dice))
        case .planet: self.init(frame: frame, Planet(frame: frame, palette: palette, dice: &dice))
        case .paper: self.init(frame: frame, Paper(frame: frame, palette: palette, dice: &dice))
        }
    }
}

/// A colour in linear light, so that light adds up and mixtures do not turn grey.
///
/// Gamma is 2. A square root is exact on every machine, but a power is not, and a picture must have the same bytes
/// everywhere.
struct Color: Sendable, Equatable {
    /// Red, green and blue from 0 to 1; the fourth element is not used.
    var light: SIMD4<Float>

    init(light: SIMD4<Float>) {
        self.light = light
    }

    /// Creates a colour from `0xRRGGBB`, as the web writes it.
    init(_ hex: UInt32) {
        let bytes = SIMD4(Float(hex >> 16 & 255), Float(hex >> 8 & 255), Float(hex & 255), 0)
        let share = bytes / 255
        light = share * share
    }

    /// Mixes two colours: `share` 0 gives this colour, 1 the other.
    func mixed(with other: Color, _ share: Float) -> Color {
        Color(light: light + (other.light - light) * share)
    }

    /// Changes the brightness; the factor 1 changes nothing.
    func lit(_ factor: Float) -> Color {
        Color(light: light * factor)
    }

    /// Writes red, green and blue as bytes to an array, starting at an index.
    func write(to bytes: inout [UInt8], at index: Int) {
        // Scalar code: the vectors' conversions are ten times slower.
        bytes[index] = Self.byte(light.x)
        bytes[index + 1] = Self.byte(light.y)
        bytes[index + 2] = Self.byte(light.z)
    }

    private static func byte(_ light: Float) -> UInt8 {
        UInt8(truncatingIfNeeded: Int32(min(max(light, 0), 1).squareRoot() * 255 + 0.5))
    }

    static let white = Color(0xffffff)
}

/// Six matching colours, from dark to light.
struct Palette: Sendable {
    let colors: [Color]

    init(_ hex: [UInt32]) {
        colors = hex.map { Color($0) }
    }

    /// Returns a colour between the darkest (0) and the lightest (1).
    func at(_ position: Float) -> Color {
        let scaled = min(max(position, 0), 1) * Float(colors.count - 1)
        let index = min(Int(scaled), colors.count - 2)
        return colors[index].mixed(with: colors[index + 1], scaled - Float(index))
    }

    static let all = [
        Palette([0x1f1b3a, 0x53346b, 0x9c4f7f, 0xe0756f, 0xf6a96c, 0xfce3b0]),
        Palette([0x06283d, 0x0f4c5c, 0x1f7a8c, 0x4fb3a9, 0xa8dcc0, 0xf4f1de]),
        Palette([0x13241c, 0x1f4033, 0x3a6b4c, 0x7a9e5b, 0xc9c27a, 0xf5ebc6]),
        Palette([0x3b1c1c, 0x7a3b2e, 0xb9603f, 0xe0915a, 0xf2c48d, 0xfbebd0]),
        Palette([0x2b0f2e, 0x5e1f4f, 0xa2305f, 0xe05a6d, 0xf8a08f, 0xffe1cf]),
        Palette([0x1b2432, 0x34495e, 0x5d7b93, 0x95b2c0, 0xcfdddd, 0xf7f3e9]),
        Palette([0x14323a, 0x2f5d62, 0x6f9a73, 0xf2b84b, 0xf78154, 0xfdf0d5]),
        Palette([0x120b3a, 0x2d1b82, 0x5b3fd6, 0x9d6bf0, 0xe3a6f5, 0xffeaf6]),
        Palette([0x22223b, 0x3d5a80, 0x7ea8c4, 0xee6c4d, 0xf9c784, 0xfff6e6]),
        Palette([0x3a2e39, 0x6d4c5b, 0xa8737b, 0xd9a5a0, 0xf0d0bf, 0xfbf2e6]),
        Palette([0x071426, 0x0e3b4c, 0x14746f, 0x3fb68b, 0xa5e6a8, 0xf3fbd8]),
        Palette([0x10304f, 0x1c6e8c, 0x3fb8af, 0xff8a80, 0xffb39c, 0xfff1d6]),
        Palette([0x16203f, 0x2a3d7c, 0x5473b8, 0xf0a93b, 0xf7d07a, 0xfdf6e3]),
    ]
}

/// Smooth functions in plain arithmetic, which gives the same bits on every machine. The sine of a mathematics library
/// does not.
enum Wave {
    /// The sine of an angle in turns, from -1 to 1, accurate to a thousandth.
    static func sine(_ turns: Float) -> Float {
        // Adding this number rounds to an integer, because the next `Float` is greater by 1. A call would cost more.
        let rounder: Float = 12_582_912
        let x = turns - ((turns + rounder) - rounder)
        let parabola = 8 * x - 16 * x * abs(x)
        return 0.225 * (parabola * abs(parabola) - parabola) + parabola
    }

    /// Returns 0 up to `low`, 1 from `high`, and a smooth curve between them.
    static func step(_ low: Float, _ high: Float, _ value: Float) -> Float {
        let share = min(max((value - low) / (high - low), 0), 1)
        return share * share * (3 - 2 * share)
    }

    /// How much of a pixel lies inside an edge, 0 to 1.
    ///
    /// - Parameters:
    ///   - inside: the distance from the edge inwards.
    ///   - pixel: the width of the pixel.
    static func cover(_ inside: Float, _ pixel: Float) -> Float {
        min(max(inside / pixel + 0.5, 0), 1)
    }

    /// A pseudorandom number from 0 to below 1 for a cell of a grid.
    static func hash(_ column: Int, _ row: Int, _ seed: UInt32) -> Float {
        var bits = UInt32(truncatingIfNeeded: column) &* 0x85eb_ca6b ^ UInt32(truncatingIfNeeded: row) &* 0xc2b2_ae35
        bits = (bits ^ seed) &* 0x9e37_79b1
        bits = (bits ^ (bits >> 15)) &* 0x2c1b_3c6d
        bits ^= bits >> 13
        return Float(bits >> 8) / Float(1 << 24)
    }

    /// One-dimensional noise from 0 to 1, with hills one unit wide.
    static func noise(_ x: Float, _ seed: UInt32) -> Float {
        let cell = x.rounded(.down)
        let share = x - cell
        let (low, high) = (hash(Int(cell), 0, seed), hash(Int(cell) + 1, 0, seed))
        return low + (high - low) * share * share * (3 - 2 * share)
    }
}
