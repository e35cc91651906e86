/// A colour in linear light: what two lamps give together is the sum, and mixtures do not turn grey.
///
/// Gamma is taken as 2. A square root is exact on every machine, a power is not, and the same picture must be the
/// same bytes everywhere.
struct Color: Sendable, Equatable {
    /// Red, green and blue from 0 to 1; the fourth is not used.
    var light: SIMD4<Float>

    init(light: SIMD4<Float>) {
        self.light = light
    }

    /// A colour as it is written on the web, `0xRRGGBB`.
    init(_ hex: UInt32) {
        let bytes = SIMD4(Float(hex >> 16 & 255), Float(hex >> 8 & 255), Float(hex & 255), 0)
        let share = bytes / 255
        light = share * share
    }

    /// A mixture: this colour at 0, the other at 1.
    func mixed(with other: Color, _ share: Float) -> Color {
        Color(light: light + (other.light - light) * share)
    }

    /// The colour in another brightness: 1 changes nothing.
    func lit(_ factor: Float) -> Color {
        Color(light: light * factor)
    }

    /// Writes red, green and blue as bytes to an array, from an index on.
    func write(to bytes: inout [UInt8], at index: Int) {
        // By hand rather than by the vectors' conversions, which are ten times slower.
        bytes[index] = Self.byte(light.x)
        bytes[index + 1] = Self.byte(light.y)
        bytes[index + 2] = Self.byte(light.z)
    }

    private static func byte(_ light: Float) -> UInt8 {
        UInt8(truncatingIfNeeded: Int32(min(max(light, 0), 1).squareRoot() * 255 + 0.5))
    }

    static let white = Color(0xffffff)
}
