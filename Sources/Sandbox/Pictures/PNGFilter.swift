/// PNG's filters (section 9): each byte is replaced by its difference from what its neighbours let expect.
enum PNGFilter: UInt8, CaseIterable {
    case sub = 1
    case up = 2
    case paeth = 4

    /// The rows of a canvas, each after the number of the filter that suits it best.
    static func apply(to canvas: Canvas) -> [UInt8] {
        let width = canvas.frame.width * 3
        // Three bytes of nothing before each row save the filters from asking where they are.
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

    /// The specification's heuristic, the sum of the absolute differences, over a sample of a row.
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

    /// Paeth's predictor: of left, above and upper left, what is nearest to left + above - upper left.
    private static func predict(_ left: UInt8, _ above: UInt8, _ corner: UInt8) -> UInt8 {
        let (a, b, c) = (Int(left), Int(above), Int(corner))
        let (toLeft, toAbove, toCorner) = (abs(b - c), abs(a - c), abs(a + b - 2 * c))
        if toLeft <= toAbove && toLeft <= toCorner { return left }
        return toAbove <= toCorner ? above : corner
    }
}
