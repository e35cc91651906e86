/// The pixels of a finished picture.
struct Canvas: Sendable {
    let frame: PictureFrame

    /// Red, green and blue of each pixel, row after row from the top.
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
                let place = Place(column: column, row: row, x: x, y: y, pixel: pixel)
                painting.color(at: place).write(to: &bytes, at: index)
                index += 3
            }
        }
        self.bytes = bytes
    }

    /// Paints the picture of an id.
    init(pictureOf id: String) {
        self.init(motif: Motif(of: id), frame: PictureFrame(of: id), seed: id)
    }

    /// Paints a picture of a motif.
    init(motif: Motif, frame: PictureFrame, seed: String) {
        var dice = Dice(seed: seed, position: 6)
        let palette = dice.pick(Palette.all)
        switch motif {
        case .hills: self.init(frame: frame, Hills(frame: frame, palette: palette, dice: &dice))
        case .sea: self.init(frame: frame, Sea(frame: frame, palette: palette, dice: &dice))
        case .waves: self.init(frame: frame, Waves(frame: frame, palette: palette, dice: &dice))
        case .paths: self.init(frame: frame, Paths(frame: frame, palette: palette, dice: &dice))
        case .tiles: self.init(frame: frame, Tiles(frame: frame, palette: palette, dice: &dice))
        case .silk: self.init(frame: frame, Silk(frame: frame, palette: palette, dice: &dice))
        case .dots: self.init(frame: frame, Dots(frame: frame, palette: palette, dice: &dice))
        case .planet: self.init(frame: frame, Planet(frame: frame, palette: palette, dice: &dice))
        case .paper: self.init(frame: frame, Paper(frame: frame, palette: palette, dice: &dice))
        }
    }
}
