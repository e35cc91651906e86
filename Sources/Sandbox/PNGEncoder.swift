import CZlib

/// Writes PNG files (ISO/IEC 15948) with 8 bits each of red, green and blue, not interlaced.
enum PNGEncoder {
    /// zlib's compression level. Level 6 makes files a tenth smaller but takes twice the time.
    private static let level: Int32 = 4

    /// Returns the PNG file of a canvas.
    ///
    /// - Throws: ``PNGError`` if zlib fails, because it is out of memory.
    static func encode(_ canvas: Canvas) throws(PNGError) -> [UInt8] {
        let filtered = PNGFilter.apply(to: canvas)
        var length = compressBound(uLong(filtered.count))
        var compressed = [UInt8](repeating: 0, count: Int(length))
        let result = compress2(&compressed, &length, filtered, uLong(filtered.count), level)
        guard result == Z_OK else { throw PNGError(zlibCode: result) }

        var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        file.reserveCapacity(Int(length) + 64)
        let size = bigEndian(UInt32(canvas.frame.width)) + bigEndian(UInt32(canvas.frame.height))
        // Bit depth 8, colour type 2 (true colour), compression and filter method 0 (the only ones), not interlaced.
        append("IHDR", size + [8, 2, 0, 0, 0], to: &file)
        append("IDAT", compressed.prefix(Int(length)), to: &file)
        append("IEND", [], to: &file)
        return file
    }

    /// Appends a chunk: the length of the data, the type, the data, and the checksum of type and data (section 5.3).
    private static func append(_ type: String, _ data: some Collection<UInt8>, to file: inout [UInt8]) {
        let body = Array(type.utf8) + data
        file += bigEndian(UInt32(data.count))
        file += body
        file += bigEndian(UInt32(crc32(0, body, uInt(body.count))))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

/// PNG's filters (section 9), which replace each byte by its difference from a prediction.
enum PNGFilter: UInt8, CaseIterable {
    case sub = 1
    case up = 2
    case paeth = 4

    /// Filters the rows of a canvas. Each row starts with the number of the filter that suits it best.
    static func apply(to canvas: Canvas) -> [UInt8] {
        let width = canvas.frame.width * 3
        // Three zero bytes before each row stand for the pixel to the left of the first.
        var above = [UInt8](repeating: 0, count: width + 3)
        var line = above
        var filtered = [UInt8](repeating: 0, count: (width + 1) * canvas.frame.height)
        for row in 0..<canvas.frame.height {
            line.replaceSubrange(3..., with: canvas.bytes[row * width..<(row + 1) * width])
            let best = allCases.min { $0.cost(line, above) < $1.cost(line, above) } ?? .sub
            filtered[row * (width + 1)] = best.rawValue
            best.write(line, above, to: &filtered, at: row * (width + 1) + 1)
            swap(&line, &above)
        }
        return filtered
    }

    /// The specification's heuristic, the sum of absolute differences, for a sample of a row.
    private func cost(_ line: [UInt8], _ above: [UInt8]) -> Int {
        var sum = 0
        for index in stride(from: 3, to: line.count, by: 16) {
            sum += Int(Int8(bitPattern: difference(line, above, index)).magnitude)
        }
        return sum
    }

    private func write(_ line: [UInt8], _ above: [UInt8], to filtered: inout [UInt8], at start: Int) {
        switch self {
        case .sub: for index in 3..<line.count { filtered[start + index - 3] = line[index] &- line[index - 3] }
        case .up: for index in 3..<line.count { filtered[start + index - 3] = line[index] &- above[index] }
        case .paeth:
            for index in 3..<line.count { filtered[start + index - 3] = difference(line, above, index) }
        }
    }

    private func difference(_ line: [UInt8], _ above: [UInt8], _ index: Int) -> UInt8 {
        switch self {
        case .sub: line[index] &- line[index - 3]
        case .up: line[index] &- above[index]
        case .paeth: line[index] &- Self.predict(line[index - 3], above[index], above[index - 3])
        }
    }

    /// Paeth's predictor: returns left, above or upper left, whichever is nearest to left + above - upper left.
    private static func predict(_ left: UInt8, _ above: UInt8, _ corner: UInt8) -> UInt8 {
        let (a, b, c) = (Int(left), Int(above), Int(corner))
        let (toLeft, toAbove, toCorner) = (abs(b - c), abs(a - c), abs(a + b - 2 * c))
        if toLeft <= toAbove && toLeft <= toCorner { return left }
        return toAbove <= toCorner ? above : corner
    }
}

/// A failure of zlib.
struct PNGError: Error, Equatable, CustomStringConvertible {
    /// zlib's return code, which is negative.
    let zlibCode: Int32

    var description: String { "zlib could not compress a picture (code \(zlibCode)): is memory short?" }
}
