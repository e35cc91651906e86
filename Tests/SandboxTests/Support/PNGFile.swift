import CZlib
import Testing

/// A PNG file taken apart, to test it; strict about everything the sandbox promises.
struct PNGFile {
    let width: Int
    let height: Int
    /// The rows, each after the number of its filter.
    let filtered: [UInt8]

    init(_ bytes: [UInt8]) throws {
        try #require(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
        var rest = bytes.dropFirst(8)
        var chunks: [(type: String, data: [UInt8])] = []
        while !rest.isEmpty {
            let length = try Self.number(&rest)
            let body = Array(rest.prefix(4 + length))
            try #require(body.count == 4 + length)
            rest = rest.dropFirst(4 + length)
            let checksum = try Self.number(&rest)
            try #require(checksum == Int(crc32(0, body, uInt(body.count))))
            chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
        }
        try #require(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
        var header = chunks[0].data[...]
        width = try Self.number(&header)
        height = try Self.number(&header)
        try #require(Array(header) == [8, 2, 0, 0, 0])
        try #require(chunks[2].data.isEmpty)

        // One byte more than there should be, so that a surplus shows.
        var inflated = [UInt8](repeating: 0, count: height * (1 + 3 * width) + 1)
        var count = uLong(inflated.count)
        try #require(uncompress(&inflated, &count, chunks[1].data, uLong(chunks[1].data.count)) == Z_OK)
        filtered = Array(inflated.prefix(Int(count)))
    }

    /// The pixels' bytes, row after row, by the specification's section 9.
    func pixels() -> [UInt8] {
        let stride = width * 3
        var pixels: [UInt8] = []
        for row in 0..<height {
            let start = row * (stride + 1)
            for index in 0..<stride {
                let left = index >= 3 ? Int(pixels[pixels.count - 3]) : 0
                let above = row > 0 ? Int(pixels[pixels.count - stride]) : 0
                let corner = index >= 3 && row > 0 ? Int(pixels[pixels.count - stride - 3]) : 0
                let guess =
                    switch filtered[start] {
                    case 1: left
                    case 2: above
                    case 3: (left + above) / 2
                    case 4: Self.paeth(left, above, corner)
                    default: 0
                    }
                pixels.append(UInt8(truncatingIfNeeded: Int(filtered[start + 1 + index]) + guess))
            }
        }
        return pixels
    }

    private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> Int {
        let guess = left + above - corner
        let candidates = [left, above, corner]
        return candidates.min { abs(guess - $0) < abs(guess - $1) } ?? 0
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) throws -> Int {
        try #require(rest.count >= 4)
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
}
