/// A place on a picture.
struct Place: Sendable {
    /// The pixel's column and row, from the upper left corner.
    let column: Int
    let row: Int

    /// Its centre, in heights of the picture: `y` goes from 0 at the top to 1, `x` from 0 to the aspect.
    let x: Float
    let y: Float

    /// The width of a pixel, in the same unit.
    let pixel: Float
}
