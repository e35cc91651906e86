/// Smooth functions from plain arithmetic, which gives the same bits on every machine; a mathematics library's sine
/// does not.
enum Wave {
    /// A sine of an angle in turns, from -1 to 1, right to a thousandth.
    static func sine(_ turns: Float) -> Float {
        // At this number the next `Float` is one further: adding it rounds, and a call costs more.
        let rounder: Float = 12_582_912
        let x = turns - ((turns + rounder) - rounder)
        let parabola = 8 * x - 16 * x * abs(x)
        return 0.225 * (parabola * abs(parabola) - parabola) + parabola
    }

    /// 0 up to `low`, 1 from `high` on, and smooth between.
    static func step(_ low: Float, _ high: Float, _ value: Float) -> Float {
        let share = min(max((value - low) / (high - low), 0), 1)
        return share * share * (3 - 2 * share)
    }

    /// How much of a pixel lies inside an edge, 0 to 1, for a pixel's width and the distance from the edge inwards.
    static func cover(_ inside: Float, _ pixel: Float) -> Float {
        min(max(inside / pixel + 0.5, 0), 1)
    }

    /// A number from 0 to below 1 that belongs to the cell of a grid.
    static func hash(_ column: Int, _ row: Int, _ seed: UInt32) -> Float {
        var bits = UInt32(truncatingIfNeeded: column) &* 0x85eb_ca6b ^ UInt32(truncatingIfNeeded: row) &* 0xc2b2_ae35
        bits = (bits ^ seed) &* 0x9e37_79b1
        bits = (bits ^ (bits >> 15)) &* 0x2c1b_3c6d
        bits ^= bits >> 13
        return Float(bits >> 8) / Float(1 << 24)
    }

    /// Noise of one dimension: hills of one unit's width, from 0 to 1.
    static func noise(_ x: Float, _ seed: UInt32) -> Float {
        let cell = x.rounded(.down)
        let share = x - cell
        let (low, high) = (hash(Int(cell), 0, seed), hash(Int(cell) + 1, 0, seed))
        return low + (high - low) * share * share * (3 - 2 * share)
    }
}
