/// A picture as a function of the place.
protocol Painting: Sendable {
    /// Chooses everything that is the same for all places.
    init(frame: PictureFrame, palette: Palette, dice: inout Dice)

    /// The colour of one pixel.
    func color(at place: Place) -> Color
}
