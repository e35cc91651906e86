import Glibc
import Posts

/// A blurred picture in a few characters (blurha.sh): its average colour and the first components of a cosine
/// transform.
struct Blurhash: Sendable, Equatable {
    /// Red, green and blue, linear light, 0 to 1.
    private typealias Colour = SIMD3<Double>

    private let columns: Int
    private let rows: Int
    /// The components, row by row. The first is the average colour.
    private let waves: [Colour]

    /// Parses a hash; `nil` if it is invalid.
    init?(_ text: String) {
        let digits = text.utf8.map { Self.values[Int($0)] }
        guard digits.count >= 6, digits.allSatisfy({ $0 >= 0 }) else { return nil }
        let size = digits[0]
        columns = size % 9 + 1
        rows = size / 9 + 1
        guard rows <= 9, digits.count == 4 + 2 * columns * rows else { return nil }
        let strongest = Double(digits[1] + 1) / 166
        let average = Self.number(digits[2..<6])
        guard average < 1 << 24 else { return nil }
        waves =
            [Colour(Self.light(average >> 16), Self.light(average >> 8 & 255), Self.light(average & 255))]
            + stride(from: 6, to: digits.count, by: 2).map { place in
                let value = Self.number(digits[place..<place + 2])
                let parts = Colour(Double(value / 361), Double(value / 19 % 19), Double(value % 19))
                let signed = (parts - 9) / 9
                return signed * signed * signed.sign * strongest
            }
    }

    /// The colours of a grid over the picture, row by row, as `#rrggbb`.
    func colours(columns width: Int, rows height: Int) -> [String] {
        (0..<height).flatMap { y in
            (0..<width).map { x in
                colour(across: (Double(x) + 0.5) / Double(width), down: (Double(y) + 0.5) / Double(height))
            }
        }
    }

    private func colour(across x: Double, down y: Double) -> String {
        var sum = Colour.zero
        for row in 0..<rows {
            for column in 0..<columns {
                let wave = cos(.pi * x * Double(column)) * cos(.pi * y * Double(row))
                sum += waves[row * columns + column] * wave
            }
        }
        let number = Self.byte(sum.x) << 16 | Self.byte(sum.y) << 8 | Self.byte(sum.z)
        let digits = String(number, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The values of base-83 digits by byte; -1 for other bytes.
    private static let values: [Int] = {
        var values = [Int](repeating: -1, count: 256)
        let digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
        for (value, digit) in digits.utf8.enumerated() { values[Int(digit)] = value }
        return values
    }()

    private static func number(_ digits: ArraySlice<Int>) -> Int { digits.reduce(0) { $0 * 83 + $1 } }

    /// Converts sRGB to linear light (IEC 61966-2-1).
    private static func light(_ byte: Int) -> Double {
        let value = Double(byte) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    private static func byte(_ light: Double) -> Int {
        let light = min(max(light, 0), 1)
        let value = light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
        return Int((value * 255).rounded())
    }
}

extension SIMD3<Double> {
    /// -1 for negative elements, else 1.
    fileprivate var sign: Self { Self(x < 0 ? -1 : 1, y < 0 ? -1 : 1, z < 0 ? -1 : 1) }
}

/// A drawing of a picture's colours, shown until the picture has loaded, if the source provides a blurhash.
///
/// The drawing is inline SVG, so it loads with the page. Its colours are attributes, which need no inline style.
struct Placeholder: Sendable {
    private static let columns = 4
    private static let rows = 5

    let media: Media

    var html: HTML? {
        guard let blurhash = media.blurhash.flatMap({ Blurhash($0) }) else { return nil }
        let colours = blurhash.colours(columns: Self.columns, rows: Self.rows)
        let tiles = colours.enumerated().map { index, colour -> HTML in
            #"<path fill="\#(colour)" d="M\#(index % Self.columns) \#(index / Self.columns)h1v1h-1z"/>"#
        }
        return
            #"<svg class="blur" viewBox="0 0 \#(Self.columns) \#(Self.rows)" preserveAspectRatio="none" aria-hidden="true" focusable="false">\#(tiles)</svg>"#
    }
}
