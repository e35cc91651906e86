import TestSupport

/// Changes streams of records as careless or hostile peers would.
enum Mutator {
    /// Returns one or two streams of the corpus with up to eight changes.
    static func mutated(_ corpus: [[UInt8]], _ generator: inout SeededGenerator) throws -> [UInt8] {
        var bytes = corpus.randomElement(using: &generator) ?? []
        if Int.random(in: 0..<4, using: &generator) == 0 { bytes += corpus.randomElement(using: &generator) ?? [] }
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            guard !bytes.isEmpty else { return bytes }
            change(&bytes, corpus, &generator)
        }
        return bytes
    }

    /// Splits a stream into pieces of random size.
    static func split(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        let largest = [1, 7, 40, 300].randomElement(using: &generator) ?? 1
        while !rest.isEmpty {
            pieces.append(Array(rest.prefix(Int.random(in: 1...largest, using: &generator))))
            rest = rest.dropFirst(pieces.last?.count ?? 0)
        }
        return pieces
    }

    private static func change(_ bytes: inout [UInt8], _ corpus: [[UInt8]], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 1...64, using: &generator))
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &generator) ?? 0
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        case 5: bytes.removeSubrange(end...)
        case 6:
            let other = corpus.randomElement(using: &generator) ?? []
            let start = Int.random(in: 0...other.count, using: &generator)
            bytes.replaceSubrange(place..., with: other[start...])
        default: changeHeader(&bytes, &generator)
        }
    }

    /// Changes one field of a record's header; the other records stay as they are.
    private static func changeHeader(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        var headers: [Int] = []
        var place = 0
        while place + 8 <= bytes.count {
            headers.append(place)
            place += 8 + Int(bytes[place + 4]) << 8 + Int(bytes[place + 5]) + Int(bytes[place + 6])
        }
        guard let header = headers.randomElement(using: &generator) else { return }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[header + 1] = UInt8.random(in: 0...13, using: &generator)
        case 1: bytes[header + 3] = UInt8.random(in: 0...3, using: &generator)
        case 2: bytes[header + 5] &+= UInt8.random(in: 0...255, using: &generator)
        case 3: bytes[header + 4] = UInt8.random(in: 0...255, using: &generator)
        default: bytes[header + 6] = UInt8.random(in: 0...255, using: &generator)
        }
    }
}
